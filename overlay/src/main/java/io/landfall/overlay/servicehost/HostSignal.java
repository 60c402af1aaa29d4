package io.landfall.overlay.servicehost;

import io.landfall.core.MedMapping;
import io.landfall.core.Signal;
import java.util.OptionalLong;

/**
 * What a service host advertises of one service: a signal and a tier. Nothing else of its path
 * outlives the import: not its next hop, its AS_PATH or its communities.
 *
 * @param signal UP, DRAINING, or DOWN when the host announces the service as down
 * @param tier the tier that its MED maps to, unsigned 32 bits; lower is preferred; 0 when DOWN
 * @param med the MED as it came, for showing only
 */
public record HostSignal(Signal signal, long tier, OptionalLong med) {
  /** What an announcement with this MED, and perhaps GRACEFUL_SHUTDOWN, means. */
  static HostSignal read(MedMapping mapping, OptionalLong med, boolean gracefulShutdown) {
    Signal signal = mapping.signal(med, gracefulShutdown);
    return new HostSignal(signal, signal == Signal.DOWN ? 0 : mapping.tier(med), med);
  }
}

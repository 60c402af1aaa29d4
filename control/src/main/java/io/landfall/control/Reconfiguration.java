package io.landfall.control;

import io.landfall.overlay.OverlayEvent;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.function.Consumer;

/**
 * Puts another config in force in plane two, in one step: what left it is withdrawn first, then
 * what came is known, then the other nodes are asked for their routes to that. Sessions and
 * channels stay as they are.
 */
final class Reconfiguration {
  private final ForwardingChannels channels;
  private final ForwardingChannels.Parts parts;
  private final ServiceSignals signals;
  private final Consumer<Endpoint> forgotten;

  /**
   * Changes this plane.
   *
   * @param forgotten receives each candidate that is none any more
   */
  Reconfiguration(
      ForwardingChannels channels, ServiceSignals signals, Consumer<Endpoint> forgotten) {
    this.channels = channels;
    this.parts = channels.parts();
    this.signals = signals;
    this.forgotten = forgotten;
  }

  void apply(ControlEvent.Configure now) {
    signals.configure(now);
    for (PeerIdentity peer : parts.nodes().neighbors().proved()) {
      parts
          .toOverlay()
          .accept(new OverlayEvent.Entitle(peer.identity(), parts.config().servicesOf(peer)));
    }
    parts.toOverlay().accept(new OverlayEvent.CostsChanged());
    channels.servicesChanged();
    parts.publication().configured();
    CandidateTable candidates = parts.nodes().candidates();
    candidates.configure(now.candidates(), parts.step().nanos()).forEach(forgotten);
  }
}

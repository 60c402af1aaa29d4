package io.landfall.signal;

import io.landfall.core.ServiceName;
import java.util.List;

/**
 * A configured service, as this room needs it.
 *
 * @param name the service
 * @param backends its backends at this site; none when it is only known here and hosted elsewhere
 * @param probe how they are checked
 * @param speakers the service hosts that speak for it; none when its probe alone decides
 */
public record ServiceSpec(
    ServiceName name, List<BackendAddress> backends, ProbeSpec probe, List<SpeakingHost> speakers) {
  /** The most hosts that may speak for one service. */
  public static final int MAX_SPEAKERS = 64;

  /**
   * A host that says what the service is, beside the service's probe.
   *
   * @param name its name
   * @param backends which of the service's backends are on this host, by index
   */
  public record SpeakingHost(String name, List<Integer> backends) {
    /** Copies the list. */
    public SpeakingHost {
      backends = List.copyOf(backends);
    }
  }

  /** A service for which no host speaks. */
  public ServiceSpec(ServiceName name, List<BackendAddress> backends, ProbeSpec probe) {
    this(name, backends, probe, List.of());
  }

  /** Copies and bounds the backends and the hosts. */
  public ServiceSpec {
    backends = List.copyOf(backends);
    speakers = List.copyOf(speakers);
    if (speakers.size() > MAX_SPEAKERS) {
      throw new IllegalArgumentException(
          "at most " + MAX_SPEAKERS + " hosts speak for service " + name);
    }
    if (backends.size() > ServiceHealth.MAX_BACKENDS) {
      throw new IllegalArgumentException(
          "service "
              + name
              + " has "
              + backends.size()
              + " backends; at most "
              + ServiceHealth.MAX_BACKENDS);
    }
  }

  /** Whether this site can serve it at all. */
  public boolean isHostedHere() {
    return !backends.isEmpty();
  }
}

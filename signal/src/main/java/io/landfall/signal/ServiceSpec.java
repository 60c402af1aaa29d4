package io.landfall.signal;

import io.landfall.core.ServiceName;
import java.util.List;

/**
 * A configured service, as this room needs it.
 *
 * @param name the service
 * @param backends its backends at this site; none when it is only known here and hosted elsewhere
 * @param probe how they are checked
 */
public record ServiceSpec(ServiceName name, List<BackendAddress> backends, ProbeSpec probe) {
  /** Copies and bounds the backends. */
  public ServiceSpec {
    backends = List.copyOf(backends);
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

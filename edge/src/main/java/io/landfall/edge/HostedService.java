package io.landfall.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the edge needs to serve a service here.
 *
 * @param backends its origin servers beside this node
 * @param maxRequests the most requests that may be in progress here at once; beyond it the service
 *     is FULL
 * @param rules what beside weights decides which backend gets a request
 */
public record HostedService(List<OriginServer> backends, int maxRequests, BackendRules rules) {
  /** One without a backend here. */
  public static final HostedService NOWHERE = new HostedService(List.of(), 0);

  /** Copies the list. */
  public HostedService {
    backends = List.copyOf(backends);
  }

  /** One whose backends get requests by their weights alone. */
  public HostedService(List<OriginServer> backends, int maxRequests) {
    this(backends, maxRequests, BackendRules.NONE);
  }

  /** The backend at a place; null when there is none any more. */
  public @Nullable OriginServer at(OriginPlace place) {
    for (OriginServer backend : backends) {
      if (backend.place().equals(place)) {
        return backend;
      }
    }
    return null;
  }
}

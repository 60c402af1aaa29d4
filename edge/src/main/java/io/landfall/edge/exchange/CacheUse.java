package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import org.jspecify.annotations.Nullable;

/** The cache of a node as the requests of one event loop see it; on that loop, never blocking. */
@FunctionalInterface
public interface CacheUse {
  /** No cache. */
  CacheUse NONE = (request, service) -> null;

  /**
   * A request begins.
   *
   * @param request the request, which was sent nowhere yet
   * @param service the service that it is for
   * @return what the cache does for it; null when its service is not cached
   */
  @Nullable CacheTurn begin(Arrived request, ServiceName service);
}

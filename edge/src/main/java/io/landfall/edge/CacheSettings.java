package io.landfall.edge;

import io.landfall.cache.CachePolicy;
import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the edge caches.
 *
 * @param memoryBytes what all services together may take of the memory
 * @param services the services that are cached
 */
public record CacheSettings(long memoryBytes, SortedMap<ServiceName, Service> services) {
  /** The most of one service's share, in percent. */
  public static final int WHOLE_PERCENT = 100;

  /** Nothing is cached. */
  public static final CacheSettings NONE = new CacheSettings(0, new TreeMap<>());

  /** Copies the map. */
  public CacheSettings {
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
  }

  /** What is cached of these services, each of which may take all of the memory. */
  public static CacheSettings of(long memoryBytes, Map<ServiceName, CachePolicy> policies) {
    TreeMap<ServiceName, Service> services = new TreeMap<>();
    policies.forEach((name, policy) -> services.put(name, new Service(policy, WHOLE_PERCENT)));
    return new CacheSettings(memoryBytes, services);
  }

  /**
   * How one service is cached.
   *
   * @param policy what its operator decided
   * @param sharePercent how much of the memory it may take, 1 to 100
   */
  public record Service(CachePolicy policy, int sharePercent) {}
}

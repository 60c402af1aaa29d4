package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CompressionPolicy;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.cache.coding.Encoders;
import io.landfall.edge.cache.disk.DiskSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The services that are cached. One whose policy is the same in another config keeps what is stored
 * of it; one whose policy differs begins empty, for what was stored was judged by the other one.
 * Looked up by any thread, changed by one at a time.
 */
final class CachedServices {
  private final EdgeCache cache;
  private final MemoryBudget memory;
  private final DiskSet disks;
  private CacheSettings settings = CacheSettings.NONE;
  private volatile SortedMap<ServiceName, ServiceCache> services = new TreeMap<>();

  /**
   * None is cached.
   *
   * @param memory what all of them may take together
   */
  CachedServices(EdgeCache cache, MemoryBudget memory, DiskSet disks) {
    this.cache = cache;
    this.memory = memory;
    this.disks = disks;
  }

  /** The cache of a service; null if it has none. */
  @Nullable ServiceCache of(ServiceName service) {
    return services.get(service);
  }

  /** All of them, by name. */
  Collection<ServiceCache> all() {
    return services.values();
  }

  /**
   * These services are cached from now on, in the memory that there is.
   *
   * @return the caches that are used no more, which still hold what they had
   */
  List<ServiceCache> configure(CacheSettings next) {
    SortedMap<ServiceName, ServiceCache> before = services;
    SortedMap<ServiceName, ServiceCache> made = new TreeMap<>();
    List<ServiceCache> gone = new ArrayList<>(before.values());
    next.services()
        .forEach(
            (name, how) -> {
              ServiceCache known = before.get(name);
              CacheSettings.Service was = settings.services().get(name);
              if (known != null && was != null && was.policy().equals(how.policy())) {
                gone.remove(known);
                known.tier().resize(share(how), own(next, how));
                made.put(name, known);
              } else {
                CacheCounters counters = known == null ? new CacheCounters() : known.counters();
                made.put(name, make(name, next, how, counters));
              }
            });
    settings = next;
    services = made;
    return gone;
  }

  private ServiceCache make(
      ServiceName name, CacheSettings all, CacheSettings.Service how, CacheCounters counters) {
    MemoryTier tier = new MemoryTier(new MemoryBudget(share(how)), memory, own(all, how));
    CachePolicy policy = withEncoders(how.policy());
    DiskTier disk = new DiskTier(cache, name, policy, tier, disks);
    return new ServiceCache(name, policy, tier, disk, counters);
  }

  private long share(CacheSettings.Service how) {
    return memory.mostBytes() / CacheSettings.WHOLE_PERCENT * how.sharePercent();
  }

  private long own(CacheSettings all, CacheSettings.Service how) {
    return all.withMemory(memory.mostBytes()).ownBytes(how);
  }

  /** A policy with those of its codings that can be made here. */
  private static CachePolicy withEncoders(CachePolicy policy) {
    CompressionPolicy compression = policy.compression();
    return compression.isOn()
        ? policy.withCompression(
            compression.with(Encoders.OF_PROCESS.available(compression.codings())))
        : policy;
  }
}

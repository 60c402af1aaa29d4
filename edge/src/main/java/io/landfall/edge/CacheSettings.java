package io.landfall.edge;

import io.landfall.cache.CachePolicy;
import io.landfall.core.ServiceName;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What the edge caches.
 *
 * @param memoryBytes what all services together may take of the memory
 * @param services the services that are cached
 * @param disks where responses are kept beside, each in another folder
 */
public record CacheSettings(
    long memoryBytes, SortedMap<ServiceName, Service> services, List<Disk> disks) {
  /** The most of one service's share, in percent. */
  public static final int WHOLE_PERCENT = 100;

  /** One body may take this much of a service's memory: what is large must not throw out all. */
  private static final int LONGEST_PERCENT = 10;

  /** Nothing is cached. */
  public static final CacheSettings NONE = new CacheSettings(0, new TreeMap<>(), List.of());

  /** Copies the map and the list. */
  public CacheSettings {
    disks = List.copyOf(disks);
    services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
  }

  /** What is cached of these services, each of which may take all of the memory. */
  public static CacheSettings of(long memoryBytes, Map<ServiceName, CachePolicy> policies) {
    TreeMap<ServiceName, Service> services = new TreeMap<>();
    policies.forEach((name, policy) -> services.put(name, new Service(policy, WHOLE_PERCENT)));
    return new CacheSettings(memoryBytes, services, List.of());
  }

  /** The same with other memory. */
  public CacheSettings withMemory(long otherBytes) {
    return new CacheSettings(otherBytes, services, disks);
  }

  /** The same with disks. */
  public CacheSettings with(List<Disk> others) {
    return new CacheSettings(memoryBytes, services, others);
  }

  /**
   * What a service may store, in bytes: its share, or, where the shares of all are more than there
   * is, its part of their sum, so that services that are full leave room to each other.
   */
  public long ownBytes(Service service) {
    long percents = services.values().stream().mapToLong(Service::sharePercent).sum();
    return memoryBytes / Math.max(WHOLE_PERCENT, percents) * service.sharePercent();
  }

  /** The longest body that a service stores in memory that may store so many bytes. */
  public static long longestBodyBytes(long ownBytes) {
    return ownBytes * LONGEST_PERCENT / WHOLE_PERCENT;
  }

  /**
   * A folder of a disk.
   *
   * @param folder the folder, which no other node uses
   * @param bytes what it may take, all told
   * @param log the log of purges that is kept beside it
   */
  public record Disk(Path folder, long bytes, PurgeLogToken log) {
    /** Beside which no log is kept. */
    public Disk(Path folder, long bytes) {
      this(folder, bytes, PurgeLogToken.NONE);
    }
  }

  /**
   * The same disks beside a log of purges.
   *
   * @param log which one it is for each folder
   */
  public CacheSettings beside(Function<Path, PurgeLogToken> log) {
    return with(
        disks.stream()
            .map(each -> new Disk(each.folder(), each.bytes(), log.apply(each.folder())))
            .toList());
  }

  /**
   * How one service is cached.
   *
   * @param policy what its operator decided
   * @param sharePercent how much of the memory it may take, 1 to 100
   */
  public record Service(CachePolicy policy, int sharePercent) {}
}

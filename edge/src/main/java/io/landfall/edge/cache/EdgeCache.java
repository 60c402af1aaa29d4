package io.landfall.edge.cache;

import io.landfall.cache.CacheStatus;
import io.landfall.cache.Purge;
import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.CacheViews;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.cache.disk.DiskStore;
import io.landfall.edge.exchange.CacheUse;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The cache of a node: what all event loops share of it. Any thread may call.
 *
 * <p>Purges have epochs: each loop applies them in the order of those, and a purge is done when all
 * loops have.
 */
public final class EdgeCache implements AutoCloseable {
  private final Clock clock;
  private final ByteBufAllocator allocator;
  private final CacheStatus status;
  private final SipHash hash;
  private final PurgeMarks marks;
  private final Fills fills = new Fills();
  private final MemoryBudget memory;
  private final List<DiskStore> disks;
  private final SortedMap<ServiceName, ServiceCache> services = new TreeMap<>();

  // Guarded by this: purges, and loops that join.
  private final List<LoopCache> loops = new ArrayList<>();
  private long purges = PurgeEpochs.START;

  /**
   * An empty one.
   *
   * @param settings what is cached
   * @param name this cache's name in Cache-Status (RFC 9211 section 2): the node's id among CDNs
   * @param hash a secret, so that no client finds keys that collide
   * @param clock the clocks
   * @param allocator makes the buffers of bodies
   */
  public EdgeCache(
      CacheSettings settings, String name, SipHash hash, Clock clock, ByteBufAllocator allocator) {
    this.clock = clock;
    this.allocator = allocator;
    this.status = new CacheStatus(name);
    this.hash = hash;
    this.marks = new PurgeMarks(hash);
    this.memory = new MemoryBudget(settings.memoryBytes());
    this.disks =
        settings.disks().stream()
            .map(each -> DiskStore.open(each.folder(), each.bytes(), name, clock, allocator))
            .toList();
    long percents =
        settings.services().values().stream().mapToLong(CacheSettings.Service::sharePercent).sum();
    long divided = Math.max(CacheSettings.WHOLE_PERCENT, percents);
    settings
        .services()
        .forEach(
            (service, how) -> {
              long share =
                  settings.memoryBytes() / CacheSettings.WHOLE_PERCENT * how.sharePercent();
              long own = settings.memoryBytes() / divided * how.sharePercent();
              MemoryTier tier = new MemoryTier(new MemoryBudget(share), memory, own);
              DiskTier disk = new DiskTier(this, service, how.policy(), tier, disks);
              services.put(service, new ServiceCache(service, how.policy(), tier, disk));
            });
  }

  /**
   * The cache of an edge, empty; keys are hashed under a secret of this process.
   *
   * @param clock the only clock that it reads; any thread may ask it
   */
  public static EdgeCache of(EdgeSettings settings, Clock clock) {
    SecureRandom random = new SecureRandom();
    return new EdgeCache(
        settings.cache(),
        settings.cdnId(),
        new SipHash(random.nextLong(), random.nextLong()),
        clock,
        PooledByteBufAllocator.DEFAULT);
  }

  /**
   * The cache as one event loop uses it.
   *
   * @param executor runs tasks on that loop
   */
  public synchronized CacheUse forLoop(Executor executor) {
    LoopCache made = new LoopCache(this, hash, executor);
    if (purges > PurgeEpochs.START) {
      // It has not seen those purges: for it, all from before is gone.
      made.epochs().apply(new Purge.Everything(), false, purges);
    }
    loops.add(made);
    return made;
  }

  /**
   * Purges.
   *
   * @param soft whether responses become stale instead of gone
   * @return completes when no loop uses what was purged any more
   */
  public synchronized CompletableFuture<Void> purge(Purge purge, boolean soft) {
    purges++;
    long epoch = purges;
    List<CompletableFuture<Void>> applied = new ArrayList<>();
    for (LoopCache each : loops) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      applied.add(done);
      try {
        each.executor()
            .execute(
                () -> {
                  each.epochs().apply(purge, soft, epoch);
                  done.complete(null);
                });
      } catch (RejectedExecutionException e) {
        // That loop has ended, and uses nothing.
        done.complete(null);
      }
    }
    for (DiskStore each : disks) {
      // Behind the loops: what they have applied must not come undone by a restart.
      applied.add(each.purged(purge, soft, epoch));
    }
    return CompletableFuture.allOf(applied.toArray(CompletableFuture[]::new));
  }

  /** What is known of each service's cache now. */
  public CacheViews views() {
    List<CacheViews.Service> views = new ArrayList<>();
    for (ServiceCache each : services.values()) {
      views.add(each.view());
    }
    return new CacheViews(
        memory.mostBytes(),
        memory.usedBytes(),
        fills.size(),
        views,
        disks.stream().map(DiskStore::view).toList());
  }

  /** Drops everything. The event loops have ended, or will not ask again. */
  @Override
  public void close() {
    disks.forEach(DiskStore::close);
    services.values().forEach(ServiceCache::clear);
  }

  @Nullable ServiceCache of(ServiceName service) {
    return services.get(service);
  }

  Fills fills() {
    return fills;
  }

  CacheStatus status() {
    return status;
  }

  PurgeMarks marks() {
    return marks;
  }

  ByteBufAllocator allocator() {
    return allocator;
  }

  MemoryBudget memory() {
    return memory;
  }

  /** The cache's clock, which never runs backwards, in milliseconds. */
  long nowMillis() {
    return clock.monotonicNanos() / 1_000_000;
  }

  /** The time of day, in milliseconds since 1970. */
  long wallMillis() {
    return clock.wallMillis();
  }
}

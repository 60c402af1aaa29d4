package io.landfall.edge.cache;

import io.landfall.cache.CacheStatus;
import io.landfall.cache.Coding;
import io.landfall.cache.Purge;
import io.landfall.cache.PurgeEpochs;
import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeTimes;
import io.landfall.cache.SipHash;
import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.CacheViews;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.StoredView;
import io.landfall.edge.cache.disk.DiskSet;
import io.landfall.edge.exchange.CacheUse;
import io.landfall.edge.http.NumberedTexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
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
  private final NumberedTexts hits;
  private final SipHash hash;
  private final PurgeMarks marks;
  private final Fills fills = new Fills();
  private final Compressor compressor = new Compressor();
  private final InvalidatedUrls invalidated = new InvalidatedUrls();
  private final MemoryBudget memory;
  private final DiskSet disks;
  private final CachedServices services;

  /**
   * How much earlier a purge of the fleet counts than it came, for what other nodes answer with.
   * Whether that is older is known exactly, from who has confirmed the purge; an Age, which leaves
   * out up to a second, would keep out what they fetched right behind it.
   */
  private static final long CONFIRMED_MILLIS = 2 * LoopCache.AGE_ROUNDING_MILLIS;

  // Guarded by this: purges, and loops that join.
  private final List<LoopCache> loops = new ArrayList<>();
  private long purges = PurgeEpochs.START;

  /** Guarded by itself. */
  private final PurgeTimes purgeTimes = new PurgeTimes();

  /** The first purge that other nodes may not have applied yet; the greatest number for none. */
  private volatile long unconfirmedEpoch = Long.MAX_VALUE;

  /** Whether nothing that is stored is used. */
  private volatile boolean held;

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
    this(
        settings,
        name,
        hash,
        clock,
        allocator,
        DiskSet.open(settings.disks(), name, clock, allocator));
  }

  /** The same with disks that are open or are being opened, in place of those of the settings. */
  EdgeCache(
      CacheSettings settings,
      String name,
      SipHash hash,
      Clock clock,
      ByteBufAllocator allocator,
      DiskSet disks) {
    this.clock = clock;
    this.allocator = allocator;
    this.status = new CacheStatus(name);
    this.hits = new NumberedTexts(status::hit);
    this.hash = hash;
    this.marks = new PurgeMarks(hash);
    this.memory = new MemoryBudget(settings.memoryBytes());
    this.disks = disks;
    this.services = new CachedServices(this, memory, disks);
    var _ = services.configure(settings);
  }

  /**
   * These services are cached from now on, with the memory and the disks of the start. What is
   * stored of a service whose policy differs, or that is cached no more, is dropped.
   */
  public void configure(CacheSettings settings) {
    List<ServiceCache> gone = services.configure(settings);
    fills.closeToOthers(gone);
    for (ServiceCache each : gone) {
      // On disk too, where it would be found again if the old policy came back: purges of what was
      // not cached meanwhile are not known there.
      var _ = purge(new Purge.OfService(each.name().value()), false);
      each.closeBeside();
    }
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
    return apply(List.of(new PurgeOrder(purge, soft)), nowMillis()).done();
  }

  /**
   * Purges what the whole fleet purges. What other nodes answer with counts as asked for before
   * these purges, until {@link #confirmed}: they have applied them too.
   */
  public synchronized PurgeOrder.Batch purgeOfFleet(List<PurgeOrder> orders) {
    unconfirmedEpoch = Math.min(unconfirmedEpoch, purges + 1);
    return apply(orders, nowMillis() - CONFIRMED_MILLIS);
  }

  /**
   * Other nodes have applied all purges before this one.
   *
   * @param firstEpoch the first that they may not have applied; the greatest number for none
   */
  public void confirmed(long firstEpoch) {
    unconfirmedEpoch = firstEpoch;
  }

  /**
   * From now on nothing that was stored is used, or it is again. What is fetched meanwhile is
   * stored.
   */
  public void hold(boolean on) {
    held = on;
    if (on) {
      fills.closeToOthers();
    }
  }

  /** From now on nothing is used that lay on disk before this process, or it is again. */
  public void holdDisks(boolean on) {
    disks.holdBefore(on);
  }

  /**
   * Gives the folders of the disks back: nothing is found or stored there any more, and what is
   * being sent from there is sent to its end. Blocks for that, but not for long.
   */
  public void releaseDisks() {
    disks.release();
  }

  /** Whether nothing that is stored is used. */
  boolean isHeld() {
    return held;
  }

  /** The epoch of what another node answers with to a request that leaves now. */
  long epochOfNodes(long latest) {
    return Math.min(latest, unconfirmedEpoch - 1);
  }

  private PurgeOrder.Batch apply(List<PurgeOrder> orders, long countsFromMillis) {
    long first = purges + 1;
    purges += orders.size();
    synchronized (purgeTimes) {
      purgeTimes.applied(purges, countsFromMillis);
    }
    for (PurgeOrder each : orders) {
      if (!each.soft()) {
        emptied(each.purge());
      }
    }
    List<CompletableFuture<Void>> applied = new ArrayList<>();
    for (LoopCache each : loops) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      applied.add(done);
      try {
        each.executor()
            .execute(
                () -> {
                  each.apply(orders, first);
                  done.complete(null);
                });
      } catch (RejectedExecutionException e) {
        // That loop has ended, and uses nothing.
        done.complete(null);
      }
    }
    CompletableFuture<Void> inMemory = all(applied);
    // Behind the loops: what they have applied must not come undone by a restart.
    long epoch = first;
    for (PurgeOrder order : orders) {
      applied.addAll(disks.purged(order.purge(), order.soft(), epoch++));
    }
    return new PurgeOrder.Batch(first, inMemory, all(applied));
  }

  private static CompletableFuture<Void> all(List<CompletableFuture<Void>> each) {
    return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new));
  }

  /** What a purge leaves nothing of is empty, as after a start. */
  private void emptied(Purge purge) {
    switch (purge) {
      case Purge.Everything _ ->
          services.all().forEach(each -> each.counters().emptied.increment());
      case Purge.OfService(String name) ->
          services.all().stream()
              .filter(each -> each.name().value().equals(name))
              .forEach(each -> each.counters().emptied.increment());
      default -> {
        // Something may be left.
      }
    }
  }

  /** The latest purge at a time of the cache's clock, or one before that. */
  long purgeAt(long millis) {
    synchronized (purgeTimes) {
      return purgeTimes.epochAt(millis);
    }
  }

  /** What is known of each service's cache now. */
  public CacheViews views() {
    List<CacheViews.Service> views = new ArrayList<>();
    for (ServiceCache each : services.all()) {
      views.add(each.view());
    }
    return new CacheViews(
        memory.mostBytes(), memory.usedBytes(), fills.size(), views, disks.views());
  }

  /**
   * What is stored of a service under these URLs, as one of the event loops sees it.
   *
   * @return nothing if the service has no cache, or no loop is left
   */
  public synchronized CompletableFuture<List<StoredView>> stored(
      ServiceName service, List<StoredView.Of> urls) {
    ServiceCache cached = services.of(service);
    CompletableFuture<List<StoredView>> views = new CompletableFuture<>();
    if (cached == null || loops.isEmpty()) {
      views.complete(List.of());
      return views;
    }
    LoopCache loop = loops.getFirst();
    try {
      loop.executor()
          .execute(() -> new StoredLook(loop, cached).of(urls).thenAccept(views::complete));
    } catch (RejectedExecutionException e) {
      views.complete(List.of());
    }
    return views;
  }

  /** Drops everything. The event loops have ended, or will not ask again. */
  @Override
  public void close() {
    compressor.close();
    disks.close();
    services.all().forEach(ServiceCache::close);
  }

  @Nullable ServiceCache of(ServiceName service) {
    return services.of(service);
  }

  Compressor compressor() {
    return compressor;
  }

  Fills fills() {
    return fills;
  }

  /** A hash of text under the secret of this process. */
  long hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return hash.hash(bytes, 0, bytes.length);
  }

  InvalidatedUrls invalidated() {
    return invalidated;
  }

  CacheStatus status() {
    return status;
  }

  /**
   * The entry of Cache-Status for a response from the store.
   *
   * @param ttlSeconds for how long it is fresh; negative for how long it has been stale
   * @param coding the variant that is sent; null for what is stored as it is
   */
  AsciiString hit(long ttlSeconds, @Nullable Coding coding) {
    return coding == null ? hits.of(ttlSeconds) : AsciiString.of(status.hit(ttlSeconds, coding));
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

  /** The same, in nanoseconds. */
  long nanos() {
    return clock.monotonicNanos();
  }

  /** The time of day, in milliseconds since 1970. */
  long wallMillis() {
    return clock.wallMillis();
  }
}

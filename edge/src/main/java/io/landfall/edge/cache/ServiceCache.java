package io.landfall.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.landfall.cache.CachePolicy;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.Freshness;
import io.landfall.cache.Slices;
import io.landfall.cache.StoreRefusal;
import io.landfall.core.ServiceName;
import io.landfall.edge.CacheViews;
import java.util.concurrent.TimeUnit;

/** The cache of one service: its policy, its stored responses, what is known of keys. */
final class ServiceCache {
  /** Keys of which it is remembered that their responses are not stored; the oldest ones go. */
  private static final int MOST_UNSTORABLE = 16_384;

  private final ServiceName name;
  private final CachePolicy policy;
  private final MemoryTier tier;
  private final Slices slices;
  private final KnownParts parts;
  private final DiskTier disk;
  private final CacheCounters counters;

  /**
   * Until when, in milliseconds of the cache's clock, by the keys' fingerprints: keys are long, and
   * clients make them up.
   */
  private final Cache<Long, Long> unstorable;

  /**
   * An empty one.
   *
   * @param counters what was counted of the service up to now
   */
  ServiceCache(
      ServiceName name,
      CachePolicy policy,
      MemoryTier tier,
      DiskTier disk,
      CacheCounters counters) {
    this.counters = counters;
    this.disk = disk;
    this.name = name;
    this.policy = policy;
    this.tier = tier;
    this.slices = new Slices(policy.sliceBytes());
    this.parts = new KnownParts(policy.ttl().hitForMissSeconds());
    this.unstorable =
        Caffeine.newBuilder()
            .maximumSize(MOST_UNSTORABLE)
            .expireAfterWrite(Math.max(1, policy.ttl().hitForMissSeconds()), TimeUnit.SECONDS)
            .executor(Runnable::run)
            .build();
  }

  ServiceName name() {
    return name;
  }

  CachePolicy policy() {
    return policy;
  }

  MemoryTier tier() {
    return tier;
  }

  /** How large slices are; of no size where parts go past the cache. */
  Slices slices() {
    return slices;
  }

  /** What is known of bodies that are fetched by slices. */
  KnownParts parts() {
    return parts;
  }

  DiskTier disk() {
    return disk;
  }

  /** Drops one response that is in memory, and what is on disk of its key: no slice is there. */
  void drop(FillKey key, StoredResponse gone) {
    if (gone.part() == null) {
      // First: what is being read there does not come into memory behind this.
      disk.forget(key.key());
    }
    tier.drop(key.stored(gone), gone);
  }

  CacheCounters counters() {
    return counters;
  }

  /** The response to a key was not stored: no request waits for the next one for a while. */
  void notStored(StoredKey key, StoreRefusal why, long nowMillis) {
    counters.unstored.increment();
    long until = CollapseRule.aloneUntilMillis(why, policy.ttl(), nowMillis);
    if (until != CollapseRule.NEVER) {
      unstorable.put(key.fingerprint(), until);
    }
  }

  /** The response to a key was stored: requests may wait for the next one, if they can use it. */
  void stored(StoredKey key, Freshness freshness, long nowMillis) {
    long until = CollapseRule.aloneUntilMillis(freshness, policy.ttl(), nowMillis);
    if (until == CollapseRule.NEVER) {
      unstorable.invalidate(key.fingerprint());
    } else {
      unstorable.put(key.fingerprint(), until);
    }
  }

  /** Until when requests for a key go alone, or {@link CollapseRule#NEVER}. */
  long aloneUntilMillis(StoredKey key) {
    Long until = unstorable.getIfPresent(key.fingerprint());
    return until == null ? CollapseRule.NEVER : until;
  }

  /** What is known of it now. */
  CacheViews.Service view() {
    CacheCounters c = counters;
    return new CacheViews.Service(
        name,
        new CacheViews.Stored(tier.keys(), tier.usedBytes(), tier.mostBytes(), tier.evictions()),
        c.filled(),
        new CacheViews.Requests(
            c.hits.sum(), c.staleHits.sum(), c.misses.sum(), c.bypasses.sum(), c.collapsed.sum()),
        new CacheViews.Fetches(
            c.fills.sum(), c.brokenFills.sum(), c.unstored.sum(), c.freshened.sum()),
        c.coded());
  }

  /**
   * Stores nothing any more, and drops everything on a thread of its own: a million responses take
   * their time, and whoever calls has others to answer.
   */
  void closeBeside() {
    tier.end();
    Thread.ofPlatform().daemon().name("cache-" + name.value()).start(this::close);
  }

  /** Drops everything, and stores nothing any more. */
  void close() {
    tier.close();
    unstorable.invalidateAll();
    parts.clear();
  }
}

package io.landfall.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.landfall.cache.CachePolicy;
import io.landfall.cache.CollapseRule;
import io.landfall.cache.StoreRefusal;
import io.landfall.core.ServiceName;
import java.util.concurrent.TimeUnit;

/** The cache of one service: its policy, its stored responses, what is known of keys. */
final class ServiceCache {
  /** Keys of which it is remembered that their responses are not stored; the oldest ones go. */
  private static final int MOST_UNSTORABLE = 16_384;

  private final ServiceName name;
  private final CachePolicy policy;
  private final MemoryTier tier;
  private final CacheCounters counters = new CacheCounters();

  /** Until when, in milliseconds of the cache's clock. */
  private final Cache<Key, Long> unstorable;

  ServiceCache(ServiceName name, CachePolicy policy, MemoryTier tier) {
    this.name = name;
    this.policy = policy;
    this.tier = tier;
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

  CacheCounters counters() {
    return counters;
  }

  /** The response to a key was not stored: no request waits for the next one for a while. */
  void notStored(Key key, StoreRefusal why, long nowMillis) {
    counters.unstored.increment();
    long until = CollapseRule.aloneUntilMillis(why, policy.ttl(), nowMillis);
    if (until != CollapseRule.NEVER) {
      unstorable.put(key, until);
    }
  }

  /** The response to a key was stored: requests may wait for the next one. */
  void stored(Key key) {
    unstorable.invalidate(key);
  }

  /** Until when requests for a key go alone, or {@link CollapseRule#NEVER}. */
  long aloneUntilMillis(Key key) {
    Long until = unstorable.getIfPresent(key);
    return until == null ? CollapseRule.NEVER : until;
  }

  /** Drops everything. */
  void clear() {
    tier.clear();
    unstorable.invalidateAll();
  }
}

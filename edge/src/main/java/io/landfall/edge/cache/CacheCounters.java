package io.landfall.edge.cache;

import java.util.concurrent.atomic.LongAdder;

/** What is counted of one service's cache. Any thread may add and read. */
final class CacheCounters {
  /** Requests answered from the store, stale ones included. */
  final LongAdder hits = new LongAdder();

  /** Those of them that were answered with a stale response. */
  final LongAdder staleHits = new LongAdder();

  /** Requests that went towards the origin. */
  final LongAdder misses = new LongAdder();

  /** Requests that the cache was not asked for. */
  final LongAdder bypasses = new LongAdder();

  /** Misses that got the response to another request. */
  final LongAdder collapsed = new LongAdder();

  /** Fetches of the cache. */
  final LongAdder fills = new LongAdder();

  /** Fetches that ended without a whole response, or were given up. */
  final LongAdder brokenFills = new LongAdder();

  /** Fetches whose response was not stored. */
  final LongAdder unstored = new LongAdder();

  /** Stored responses that were found to be right. */
  final LongAdder freshened = new LongAdder();
}

package io.landfall.edge.cache;

import io.landfall.edge.CacheViews;
import java.util.concurrent.atomic.LongAdder;

/** What is counted of one service's cache. Any thread may add and read. */
final class CacheCounters {
  /** Requests answered from the store, stale ones included. */
  final LongAdder hits = new LongAdder();

  /** Those of them that were answered with a stale response. */
  final LongAdder staleHits = new LongAdder();

  /** Requests that went towards the origin. */
  final LongAdder misses = new LongAdder();

  /** How often a purge left nothing. */
  final LongAdder emptied = new LongAdder();

  /** Requests that the cache was not asked for. */
  final LongAdder bypasses = new LongAdder();

  /** Misses that got the response to another request. */
  final LongAdder collapsed = new LongAdder();

  /** Responses that were put into the store, the same ones again included. */
  final LongAdder kept = new LongAdder();

  /** The bytes of their bodies. */
  final LongAdder keptBytes = new LongAdder();

  /** Fetches of the cache. */
  final LongAdder fills = new LongAdder();

  /** Fetches that ended without a whole response, or were given up. */
  final LongAdder brokenFills = new LongAdder();

  /** Fetches whose response was not stored. */
  final LongAdder unstored = new LongAdder();

  /** Stored responses that were found to be right. */
  final LongAdder freshened = new LongAdder();

  /** Variants in further codings that were made. */
  final LongAdder variantsMade = new LongAdder();

  /** Those that were not: too long, no room, or a failure. */
  final LongAdder variantsNotMade = new LongAdder();

  /** The time that making them took, in nanoseconds. */
  final LongAdder compressionNanos = new LongAdder();

  /** Requests that were answered with one. */
  final LongAdder codedAnswers = new LongAdder();

  /** The bytes that those had less to send. */
  final LongAdder savedBytes = new LongAdder();

  /** A request was answered with a variant. */
  void coded(long bytes, long insteadOfBytes) {
    codedAnswers.increment();
    savedBytes.add(insteadOfBytes - bytes);
  }

  /** What was made in further codings, and what that saved. */
  CacheViews.Coded coded() {
    return new CacheViews.Coded(
        variantsMade.sum(),
        variantsNotMade.sum(),
        compressionNanos.sum(),
        codedAnswers.sum(),
        savedBytes.sum());
  }

  /** A response with a body of so many bytes was put into the store. */
  void kept(long bytes) {
    kept.increment();
    keptBytes.add(bytes);
  }

  /** How it has been filled. */
  CacheViews.Filled filled() {
    return new CacheViews.Filled(kept.sum(), keptBytes.sum(), emptied.sum());
  }
}

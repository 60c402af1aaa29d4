package io.landfall.signal;

import java.util.OptionalInt;

/**
 * What was counted of a service's cache; all numbers only grow while the node runs.
 *
 * @param hits lookups that had an answer
 * @param misses lookups that had none
 * @param objects responses that were stored
 * @param bytes their bytes
 * @param emptied how often a purge left nothing
 * @param usualPercent of a hundred lookups so many had an answer on the last days; empty if that is
 *     not known
 */
public record CacheFill(
    long hits, long misses, long objects, long bytes, long emptied, OptionalInt usualPercent) {
  /** Of which it is not known how it is on other days. */
  public CacheFill(long hits, long misses, long objects, long bytes, long emptied) {
    this(hits, misses, objects, bytes, emptied, OptionalInt.empty());
  }

  /** A cache that was just made. */
  public static final CacheFill EMPTY = new CacheFill(0, 0, 0, 0, 0);
}

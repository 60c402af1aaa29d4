package io.landfall.signal;

/**
 * What was counted of a service's cache; all numbers only grow while the node runs.
 *
 * @param hits lookups that had an answer
 * @param misses lookups that had none
 * @param objects responses that were stored
 * @param bytes their bytes
 * @param emptied how often a purge left nothing
 */
public record CacheFill(long hits, long misses, long objects, long bytes, long emptied) {
  /** A cache that was just made. */
  public static final CacheFill EMPTY = new CacheFill(0, 0, 0, 0, 0);
}

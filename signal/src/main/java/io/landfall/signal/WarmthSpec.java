package io.landfall.signal;

/**
 * When the cache of a service counts as warm after it was empty: once all that is set here is
 * reached, or the time is up.
 *
 * @param hitPercent of so many lookups of a hundred the cache has the answer; 0 if that does not
 *     matter
 * @param usualPercent of a hundred that it has on other days, so many are enough; where those are
 *     known it counts in place of {@code hitPercent}; 0 if that does not matter
 * @param objects so many responses were stored; 0 if that does not matter
 * @param bytes so many bytes were stored; 0 if that does not matter
 * @param limitNanos after that time it is warm anyhow; 0 if the service is never cold
 */
public record WarmthSpec(
    int hitPercent, int usualPercent, long objects, long bytes, long limitNanos) {
  /** Whatever it has on other days. */
  public WarmthSpec(int hitPercent, long objects, long bytes, long limitNanos) {
    this(hitPercent, 0, objects, bytes, limitNanos);
  }

  /** A service without a cache, or one that is never cold. */
  public static final WarmthSpec NEVER_COLD = new WarmthSpec(0, 0, 0, 0);

  /** Whether there is a time at which it is cold at all. */
  boolean isEverCold() {
    return limitNanos > 0;
  }
}

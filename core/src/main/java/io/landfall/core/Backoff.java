package io.landfall.core;

/**
 * How long to wait before the next attempt, after so many that failed.
 *
 * <p>The wait is drawn with full jitter: uniformly below a ceiling that doubles with each failure.
 * So those who lost something at the same moment do not come back for it at the same moment. No
 * wait is shorter than a least one, or a draw of zero would make a busy loop.
 */
public final class Backoff {
  private static final int MAX_DOUBLINGS = 30;

  private final Limits limits;
  private final Rng rng;
  private int failures;

  /**
   * Between what the waits lie, in nanoseconds.
   *
   * @param leastNanos no wait is shorter
   * @param firstNanos the ceiling of the first wait
   * @param mostNanos the ceiling of every wait
   */
  public record Limits(long leastNanos, long firstNanos, long mostNanos) {
    /**
     * Checks the order of the three.
     *
     * @throws IllegalArgumentException unless 0 &lt; least &lt;= first &lt;= most
     */
    public Limits {
      if (leastNanos <= 0 || firstNanos < leastNanos || mostNanos < firstNanos) {
        throw new IllegalArgumentException(
            "0 < least <= first <= most, not " + leastNanos + ", " + firstNanos + ", " + mostNanos);
      }
    }
  }

  /** Nothing has failed yet. */
  public Backoff(Limits limits, Rng rng) {
    this.limits = limits;
    this.rng = rng;
  }

  /** How many attempts in a row have failed. */
  public int failures() {
    return failures;
  }

  /** An attempt went well: the next wait is a first one. */
  public void reset() {
    failures = 0;
  }

  /** Some further failures count at once, for what is unlikely to go well soon. */
  public void atLeast(int failed) {
    failures = Math.max(failures, failed);
  }

  /** Fewer failures count from now on, since something may have changed for the better. */
  public void atMost(int failed) {
    failures = Math.min(failures, failed);
  }

  /** An attempt failed: how long to wait before the next one. */
  public long afterFailureNanos() {
    return afterFailureNanos(limits.mostNanos());
  }

  /** The same, below another highest ceiling. */
  public long afterFailureNanos(long mostNanos) {
    long ceiling = mostNanos;
    int doublings = Math.min(failures, MAX_DOUBLINGS);
    // Not shifted out of its bits: compared before it is doubled.
    if (limits.firstNanos() <= mostNanos >> doublings) {
      ceiling = limits.firstNanos() << doublings;
    }
    failures = Math.min(failures, Integer.MAX_VALUE - 1) + 1;
    return Math.max(limits.leastNanos(), rng.nextLong(ceiling));
  }
}

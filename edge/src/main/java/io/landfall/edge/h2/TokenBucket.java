package io.landfall.edge.h2;

/**
 * How often something may still happen: a store of tokens that fills again with time. The store is
 * kept as the time that it takes to fill again, so it needs no timer.
 */
final class TokenBucket {
  private final long nanosEach;
  private final long fullNanos;

  // What is used of the store, as the time that it takes to fill again, at lastNanos.
  private long usedNanos;
  private long lastNanos;
  private boolean started;

  /**
   * A full one.
   *
   * @param burst the most at once
   * @param nanosEach how long one token takes to come back
   */
  TokenBucket(int burst, long nanosEach) {
    this.nanosEach = nanosEach;
    this.fullNanos = burst * nanosEach;
  }

  /** Takes one, and says whether there was one. */
  boolean take(long nowNanos) {
    if (started) {
      usedNanos = Math.max(0, usedNanos - Math.max(0, nowNanos - lastNanos));
    }
    started = true;
    lastNanos = nowNanos;
    if (usedNanos + nanosEach > fullNanos) {
      return false;
    }
    usedNanos += nanosEach;
    return true;
  }

  /** Gives so many back, as far as there is room for them. */
  void give(int tokens) {
    usedNanos = Math.max(0, usedNanos - tokens * nanosEach);
  }
}

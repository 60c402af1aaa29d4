package io.landfall.cache.fleet;

import java.util.OptionalLong;

/** When the latest purges were given here, to tell how long they took to other nodes. */
final class PurgeTimes {
  /** Of how many purges it is known. */
  static final int REMEMBERED = 8192;

  private final long[] givenNanos = new long[REMEMBERED];
  private long latest;

  /** A purge was given; numbers follow each other, or begin again with 1. */
  void given(long number, long nowNanos) {
    givenNanos[(int) (number % REMEMBERED)] = nowNanos;
    latest = number;
  }

  /** How long ago a purge was given; empty if that is not known any more. */
  OptionalLong sinceGiven(long number, long nowNanos) {
    boolean known = number > 0 && number <= latest && latest - number < REMEMBERED;
    return known
        ? OptionalLong.of(nowNanos - givenNanos[(int) (number % REMEMBERED)])
        : OptionalLong.empty();
  }

  /** The earlier one of two deadlines. */
  static OptionalLong earlier(OptionalLong one, OptionalLong other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return one.getAsLong() - other.getAsLong() <= 0 ? one : other;
  }
}

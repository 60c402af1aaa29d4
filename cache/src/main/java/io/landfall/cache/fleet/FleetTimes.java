package io.landfall.cache.fleet;

import java.util.OptionalLong;

/**
 * The times of {@link PurgeFleet}, and when the latest purges were given here, to measure how far
 * other nodes are behind.
 */
final class FleetTimes {
  /** How often two nodes compare what they have. */
  static final long COMPARE_NANOS = 2_000_000_000L;

  /** The same while this node has applied purges of others of which it is not known who has. */
  static final long COMPARE_SOON_NANOS = 100_000_000L;

  /** The time between two messages to a node, if the first was not full. */
  static final long PACE_NANOS = 5_000_000L;

  /** How soon a node that took nothing is asked again; twice as long after each failure. */
  static final long RETRY_NANOS = 100_000_000L;

  /** How often that is doubled. */
  static final int MAX_DOUBLINGS = 6;

  /** By then a request is answered, or counts as failed: longer than a node's hold of requests. */
  static final long ANSWER_NANOS = 4_000_000_000L;

  /** For so long a node whose channel is over may still answer requests under way. */
  static final long LINGER_NANOS = 10_000_000_000L;

  /** After so long without a channel a node is not one of the fleet any more. */
  static final long FORGET_NANOS = 3_600_000_000_000L;

  /** Of how many purges it is known. */
  static final int REMEMBERED = 8192;

  private final long[] givenNanos = new long[REMEMBERED];
  private long latest;

  /** A purge was given; numbers follow each other, or begin again with 1. */
  void given(long number, long nowNanos) {
    givenNanos[(int) (number % REMEMBERED)] = nowNanos;
    latest = number;
  }

  /**
   * When a purge was given; if that is not known any more, the time of the oldest of which it is.
   */
  long givenNanos(long number) {
    long known = Math.max(number, latest - REMEMBERED + 1);
    return givenNanos[(int) (known % REMEMBERED)];
  }

  /** The earlier one of two deadlines. */
  static OptionalLong earlier(OptionalLong one, OptionalLong other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    return one.getAsLong() - other.getAsLong() <= 0 ? one : other;
  }
}

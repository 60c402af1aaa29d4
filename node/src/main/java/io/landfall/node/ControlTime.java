package io.landfall.node;

import io.landfall.core.Clock;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * Monotonic times as people read them.
 *
 * @param clock the clock that they are of
 */
record ControlTime(Clock clock) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** How long ago a monotonic time was. */
  double secondsSince(long nanos) {
    return (clock.monotonicNanos() - nanos) / NANOS_PER_SECOND;
  }

  /** The same where it is of interest. */
  OptionalDouble secondsSince(long nanos, boolean known) {
    return known ? OptionalDouble.of(secondsSince(nanos)) : OptionalDouble.empty();
  }

  /** When a monotonic time was by the wall clock. */
  Instant wallTimeOf(long nanos) {
    long agoMillis = (clock.monotonicNanos() - nanos) / NANOS_PER_MILLI;
    return Instant.ofEpochMilli(clock.wallMillis() - agoMillis);
  }
}

package io.landfall.core;

/**
 * The time of one step, read once by the driver of a machine.
 *
 * @param monotonicNanos for every deadline and duration: nanoseconds from an arbitrary origin that
 *     never go back, but may wrap, so two of them are compared by their difference
 * @param wallMillis milliseconds since 1970, for certificates and for showing to people only
 */
public record Now(long monotonicNanos, long wallMillis) {
  /** The time that a clock shows. */
  public static Now of(Clock clock) {
    return new Now(clock.monotonicNanos(), clock.wallMillis());
  }
}

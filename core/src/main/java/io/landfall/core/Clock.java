package io.landfall.core;

/** The only source of time for the rooms of the functional core. */
public interface Clock {
  /** Monotonic time in nanoseconds from an arbitrary origin; never goes back. */
  long monotonicNanos();

  /**
   * Wall-clock time in milliseconds since 1970; for certificates and for showing to people only.
   */
  long wallMillis();
}

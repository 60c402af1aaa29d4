package io.landfall.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the tasks of the control thread take: while one runs, no session is served. Written by
 * that thread alone, read by any.
 */
final class ControlSteps {
  /** 10 ms is what no task should take; a hold time of 9 s bears a keepalive that is 3 s late. */
  private static final long[] UPPER_BOUNDS_MICROS = {
    100, 1_000, 5_000, 10_000, 50_000, 250_000, 1_000_000
  };

  private static final double MICROS_PER_SECOND = 1e6;

  private final AtomicLongArray counts = new AtomicLongArray(UPPER_BOUNDS_MICROS.length + 1);
  private final AtomicLong sumNanos = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();

  /** A task is over. */
  void took(long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    int at = 0;
    while (at < UPPER_BOUNDS_MICROS.length && micros > UPPER_BOUNDS_MICROS[at]) {
      at++;
    }
    counts.setRelease(at, counts.getPlain(at) + 1);
    sumNanos.setRelease(sumNanos.getPlain() + nanos);
    if (nanos > longestNanos.getPlain()) {
      longestNanos.setRelease(nanos);
    }
  }

  /** The bounds of the buckets, ascending. */
  double[] upperBoundsSeconds() {
    double[] seconds = new double[UPPER_BOUNDS_MICROS.length];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = UPPER_BOUNDS_MICROS[i] / MICROS_PER_SECOND;
    }
    return seconds;
  }

  /** How many tasks fell into each bucket alone, and last how many above all bounds. */
  long[] counts() {
    long[] taken = new long[counts.length()];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = counts.get(i);
    }
    return taken;
  }

  double sumSeconds() {
    return sumNanos.get() / (MICROS_PER_SECOND * 1_000);
  }

  double longestSeconds() {
    return longestNanos.get() / (MICROS_PER_SECOND * 1_000);
  }
}

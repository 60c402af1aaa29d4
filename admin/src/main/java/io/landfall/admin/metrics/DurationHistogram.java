package io.landfall.admin.metrics;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A histogram of durations: with classic buckets, and with native ones where those are counted.
 *
 * @param upperBoundsSeconds the inclusive upper bounds of the buckets, ascending, without +Inf
 * @param counts how many fell into each bucket alone (not cumulated), and last how many above all
 *     bounds: one more than there are bounds
 * @param sumSeconds the sum of all durations
 * @param nativeCounts how many fell into each native bucket of {@link #NATIVE_SCHEMA}, the same
 *     number together; empty for a histogram without native buckets
 */
@SuppressWarnings("ArrayRecordComponent") // A snapshot that is read once and thrown away.
public record DurationHistogram(
    double[] upperBoundsSeconds,
    long[] counts,
    double sumSeconds,
    Optional<SortedMap<Integer, Long>> nativeCounts) {
  /** Bucket {@code i} ends with {@code 2^(i/8)} seconds. */
  public static final int NATIVE_SCHEMA = 3;

  /** Copies the map. */
  public DurationHistogram {
    nativeCounts = nativeCounts.map(each -> Collections.unmodifiableSortedMap(new TreeMap<>(each)));
  }

  /** One with classic buckets only. */
  public DurationHistogram(double[] upperBoundsSeconds, long[] counts, double sumSeconds) {
    this(upperBoundsSeconds, counts, sumSeconds, Optional.empty());
  }
}

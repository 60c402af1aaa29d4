package io.landfall.edge.exchange;

/** A histogram of durations that one event loop adds to and any thread may read. */
final class LoopDurations {
  /** The inclusive upper bounds of the buckets, in microseconds. */
  private static final long[] BOUNDS_MICROS = {
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000
  };

  /** The buckets, one more than there are bounds, and then the sum. */
  static final int CELLS = BOUNDS_MICROS.length + 2;

  private static final int SUM = CELLS - 1;

  private final LoopCounters cells = new LoopCounters(CELLS);

  /** The upper bound of a bucket that has one, in microseconds. */
  static long bound(int bucket) {
    return BOUNDS_MICROS[bucket];
  }

  /** How many buckets have an upper bound. */
  static int bounds() {
    return BOUNDS_MICROS.length;
  }

  /** One duration; on the event loop only. */
  void add(long micros) {
    int bucket = 0;
    while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
      bucket++;
    }
    cells.add(bucket, 1);
    cells.add(SUM, micros);
  }

  /** Adds what there is to the cells of a sum over event loops. */
  void addTo(long[] sums) {
    for (int i = 0; i < CELLS; i++) {
      sums[i] += cells.get(i);
    }
  }
}

package io.landfall.edge.exchange;

import io.landfall.edge.TrafficStats;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A histogram of durations that one event loop adds to and any thread may read, in two forms: with
 * the classic buckets of Prometheus, and with those of a native histogram, of which there are eight
 * between a time and its double ({@link TrafficStats.Durations#NATIVE_SCHEMA}).
 *
 * <p>Both forms have the same number of durations whenever they are read, or a scrape is refused.
 * So there is one counter for each duration, in cells that are small enough to be within one bucket
 * of either form. Only those between the shortest and the longest duration so far take memory.
 */
final class LoopDurations {
  /** The inclusive upper bounds of the classic buckets, in microseconds. */
  private static final long[] CLASSIC_MICROS = {
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

  private static final int PER_DOUBLING = 1 << TrafficStats.Durations.NATIVE_SCHEMA;

  /** The native bucket of one microsecond, and of all that is shorter. */
  private static final int FIRST_NATIVE =
      (int) Math.ceil(PER_DOUBLING * Math.log(1e-6) / Math.log(2));

  /** That of twelve days; what lasts longer is in it, too. */
  private static final int LAST_NATIVE = 20 * PER_DOUBLING;

  /** The last whole microsecond in each native bucket from the first one on. */
  private static final long[] NATIVE_MICROS =
      LongStream.rangeClosed(FIRST_NATIVE, LAST_NATIVE).map(LoopDurations::nativeMicros).toArray();

  /** The inclusive upper bounds of cells: each bound of either form. */
  private static final long[] CELL_MICROS =
      LongStream.concat(Arrays.stream(CLASSIC_MICROS), Arrays.stream(NATIVE_MICROS))
          .sorted()
          .distinct()
          .toArray();

  /** For each number of bits: the cell of the smallest number that has it. */
  private static final int[] CELL_BY_BITS = cellByBits();

  /** So many cells more are made at once. */
  private static final int STEP = 8;

  private final LoopCounters sumMicros = new LoopCounters(1);
  private volatile Window window = new Window(0, 0, new LoopCounters(0));

  /** The counters of cells from {@code first} on. */
  private record Window(int first, int size, LoopCounters counts) {
    boolean has(int cell) {
      return cell >= first && cell < first + size;
    }
  }

  /** A sum over event loops. */
  static final class Sum {
    /** The classic buckets, one more than there are bounds. */
    final long[] classic = new long[CLASSIC_MICROS.length + 1];

    /** The native buckets, by {@link #nativeNumber}. */
    private final long[] nativeCounts = new long[NATIVE_MICROS.length];

    long micros;

    /** How many native buckets there are. */
    static int nativeBuckets() {
      return NATIVE_MICROS.length;
    }

    /** The number of one of them in Prometheus: it ends with {@code 2^(number/8)} seconds. */
    static int nativeNumber(int bucket) {
      return FIRST_NATIVE + bucket;
    }

    /** How many durations fell into one of them. */
    long nativeCount(int bucket) {
      return nativeCounts[bucket];
    }
  }

  /** The upper bound of a classic bucket that has one, in microseconds. */
  static long bound(int bucket) {
    return CLASSIC_MICROS[bucket];
  }

  /** How many classic buckets have an upper bound. */
  static int bounds() {
    return CLASSIC_MICROS.length;
  }

  private static long nativeMicros(long bucket) {
    return (long) Math.floor(Math.pow(2, (double) bucket / PER_DOUBLING) * 1e6);
  }

  private static int[] cellByBits() {
    int[] cells = new int[Long.SIZE + 1];
    for (int bits = 1; bits < Long.SIZE; bits++) {
      cells[bits] = Math.min(within(CELL_MICROS, 1L << (bits - 1)), CELL_MICROS.length - 1);
    }
    return cells;
  }

  /** The first of several bounds that is not below a time; their number if none is. */
  private static int within(long[] bounds, long micros) {
    int at = Arrays.binarySearch(bounds, micros);
    if (at < 0) {
      return -at - 1;
    }
    // Of buckets that end within one microsecond the first has it.
    while (at > 0 && bounds[at - 1] == micros) {
      at--;
    }
    return at;
  }

  private static int cell(long micros) {
    int cell = CELL_BY_BITS[Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, micros))];
    while (cell < CELL_MICROS.length - 1 && micros > CELL_MICROS[cell]) {
      cell++;
    }
    return cell;
  }

  /** One duration; on the event loop only. */
  void add(long micros) {
    int cell = cell(micros);
    Window now = window;
    if (!now.has(cell)) {
      now = with(now, cell);
      window = now;
    }
    now.counts().add(cell - now.first(), 1);
    sumMicros.add(0, micros);
  }

  /** The same counts with room for a cell. */
  private static Window with(Window now, int cell) {
    int begin = cell / STEP * STEP;
    int end = begin + STEP;
    if (now.size() > 0) {
      begin = Math.min(begin, now.first());
      end = Math.max(end, now.first() + now.size());
    }
    LoopCounters counts = new LoopCounters(end - begin);
    for (int i = 0; i < now.size(); i++) {
      counts.add(now.first() + i - begin, now.counts().get(i));
    }
    return new Window(begin, end - begin, counts);
  }

  /** Adds what there is to a sum. */
  void addTo(Sum sum) {
    Window now = window;
    for (int i = 0; i < now.size(); i++) {
      long count = now.counts().get(i);
      if (count > 0) {
        long upper = CELL_MICROS[now.first() + i];
        sum.classic[within(CLASSIC_MICROS, upper)] += count;
        sum.nativeCounts[within(NATIVE_MICROS, upper)] += count;
      }
    }
    sum.micros += sumMicros.get(0);
  }
}

package io.landfall.overlay;

/**
 * How many paths of a host one source has in the table, counted where it can have several: paths
 * that came with a path identifier (RFC 7911). Host and number share a long in one array without
 * objects. Open addressing as in {@link PathIndex}.
 */
final class PathCounts {
  /** Counts fit into these bits; the offset of the host is above them. */
  private static final int COUNT_BITS = 14;

  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
  private static final int SMALLEST_BITS = 6;

  private final long multiplier;
  private long[] slots = new long[1 << SMALLEST_BITS];
  private int shift = Long.SIZE - SMALLEST_BITS;
  private int size;

  /**
   * @param multiplier odd, and not known to peers: who knew it could choose hosts that collide
   */
  PathCounts(long multiplier) {
    this.multiplier = multiplier;
  }

  /** How many paths the host has here. */
  int get(int host) {
    return (int) (slots[find(key(host))] & COUNT_MASK);
  }

  void increment(int host) {
    long key = key(host);
    int at = find(key);
    if (slots[at] == 0) {
      if (2 * (size + 1) > slots.length) {
        resize(2 * slots.length);
        at = find(key);
      }
      slots[at] = key;
      size++;
    }
    slots[at]++;
  }

  void decrement(int host) {
    int at = find(key(host));
    slots[at]--;
    if ((slots[at] & COUNT_MASK) == 0) {
      close(at);
      size--;
      if (slots.length > 1 << SMALLEST_BITS && 8 * size < slots.length) {
        resize(slots.length / 2);
      }
    }
  }

  private static long key(int host) {
    return (long) host << COUNT_BITS;
  }

  /** The slot of a key, or the empty one where it would go. */
  private int find(long key) {
    int mask = slots.length - 1;
    int at = home(key);
    while (slots[at] != 0 && (slots[at] & ~COUNT_MASK) != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private int home(long key) {
    return (int) (((key >>> COUNT_BITS) * multiplier) >>> shift);
  }

  /** Shifts back what had been displaced by the entry that leaves (Knuth 6.4, algorithm R). */
  private void close(int gap) {
    int mask = slots.length - 1;
    int hole = gap;
    for (int at = (hole + 1) & mask; slots[at] != 0; at = (at + 1) & mask) {
      int home = home(slots[at]);
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  private void resize(int length) {
    long[] old = slots;
    slots = new long[length];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(length);
    for (long entry : old) {
      if (entry != 0) {
        slots[find(entry & ~COUNT_MASK)] = entry;
      }
    }
  }
}

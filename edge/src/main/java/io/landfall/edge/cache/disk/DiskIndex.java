package io.landfall.edge.cache.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Where what is stored lies: a table off the heap with open addressing, 24 bytes a slot, doubled
 * when it is two thirds full (fuller where there is no memory for that). One thread changes it; any
 * may look something up, without a lock. What is found is a hint: who reads the record checks that
 * it is what was looked for, so that a slot that is changed meanwhile costs a miss at most.
 *
 * <p>A slot is the fingerprint of a key, a place (16 bits of the segment's number, 24 of the
 * offset, 24 of the length, in units), and a tag (the hash of the variant, 32 bits of the segment's
 * number). What is of segments that are gone is no entry any more; its slot is used again.
 */
final class DiskIndex {
  /** What {@link #find} gives at most: responses of one key. */
  static final int MOST_OF_KEY = 16;

  /**
   * Entries at most, which take 800 MiB, and twice that for the moment in which what is of segments
   * that are gone is taken out. With more of them the oldest segment goes.
   */
  static final long MOST_ENTRIES = 1L << 24;

  private static final int SLOT_BYTES = 24;
  private static final long FIRST_SLOTS = 1 << 12;
  private static final int PLACE_BITS = 24;
  private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;
  private static final long NONE = 0;
  private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

  private final LongPredicate isLive;
  private final long mostEntries;
  private final long mostSlots;

  /** How many entries each segment has, by the end of its number. */
  private final Map<Long, Long> bySegment = new HashMap<>();

  private volatile Table table = new Table(FIRST_SLOTS);

  // Of the thread that changes it: slots that were ever used, and entries.
  private long used;
  private long entries;
  private boolean noMoreMemory;

  /** The same, for any thread. */
  private volatile long live;

  private static final class Table {
    private final MemorySegment memory;
    private final long mask;

    Table(long slots) {
      // Freed when no thread can look into it any more.
      memory = Arena.ofAuto().allocate(slots * SLOT_BYTES, Long.BYTES);
      mask = slots - 1;
    }

    long get(long slot, int word) {
      return (long) LONG.getAcquire(memory, slot * SLOT_BYTES + (long) word * Long.BYTES);
    }

    void set(long slot, int word, long value) {
      LONG.setRelease(memory, slot * SLOT_BYTES + (long) word * Long.BYTES, value);
    }

    long first(long fingerprint) {
      return (fingerprint ^ (fingerprint >>> 32)) & mask;
    }
  }

  /**
   * A place that was found.
   *
   * @param place which segment, and where in it
   * @param tag which variant, and which segment again
   */
  record Found(long place, long tag) {
    int slot() {
      return (int) (place >>> (2 * PLACE_BITS));
    }

    long offsetBytes() {
      return ((place >>> PLACE_BITS) & PLACE_MASK) * RecordFormat.UNIT_BYTES;
    }

    long lengthBytes() {
      return (place & PLACE_MASK) * RecordFormat.UNIT_BYTES;
    }

    int variant() {
      return (int) (tag >>> 32);
    }

    /** The lower half of the segment's number. */
    int sequence() {
      return (int) tag;
    }
  }

  /**
   * An empty one.
   *
   * @param isLive whether the segment whose number ends with 32 bits is still there
   */
  DiskIndex(LongPredicate isLive) {
    this(isLive, MOST_ENTRIES);
  }

  /** One with room for so many entries. */
  DiskIndex(LongPredicate isLive, long mostEntries) {
    this.isLive = isLive;
    this.mostEntries = mostEntries;
    this.mostSlots = Math.max(FIRST_SLOTS, 2 * Long.highestOneBit(2 * mostEntries - 1));
  }

  private static long key(long fingerprint) {
    return fingerprint == NONE ? 1 : fingerprint;
  }

  private boolean isLive(long tag) {
    return isLive.test(tag & 0xffff_ffffL);
  }

  /** Whether there is something of a key, or was a moment ago. */
  boolean has(long fingerprint) {
    Table in = table;
    long key = key(fingerprint);
    long slot = in.first(key);
    for (long found = in.get(slot, 0); found != NONE; found = in.get(slot, 0)) {
      if (found == key && in.get(slot, 1) != NONE && isLive(in.get(slot, 2))) {
        return true;
      }
      slot = (slot + 1) & in.mask;
    }
    return false;
  }

  /**
   * What there is of a key, the newest first.
   *
   * @param into takes what is found
   * @return how many there are
   */
  int find(long fingerprint, Found[] into) {
    Table in = table;
    long key = key(fingerprint);
    long slot = in.first(key);
    int count = 0;
    for (long found = in.get(slot, 0); found != NONE; found = in.get(slot, 0)) {
      if (found == key) {
        Found here = new Found(in.get(slot, 1), in.get(slot, 2));
        // Both of one write: else the slot is being changed.
        boolean one = here.slot() == (here.sequence() & 0xffff);
        if (here.place() != NONE && one && isLive(here.tag()) && count < into.length) {
          int at = count++;
          while (at > 0 && isNewer(here, into[at - 1])) {
            into[at] = into[at - 1];
            at--;
          }
          into[at] = here;
        }
      }
      slot = (slot + 1) & in.mask;
    }
    return count;
  }

  private static boolean isNewer(Found one, Found other) {
    int segments = one.sequence() - other.sequence();
    return segments == 0 ? one.offsetBytes() > other.offsetBytes() : segments > 0;
  }

  // ---- by one thread ----

  /**
   * Adds an entry, in place of one of the same key and variant.
   *
   * @param sequence the number of its segment
   * @return false if there is no room for it
   */
  boolean put(SegmentEntry entry, long sequence) {
    if (entries >= mostEntries || !bySegment.containsKey(sequence & 0xffff_ffffL)) {
      leaveOutGone();
    }
    boolean full = 3 * (used + 1) > 2 * (table.mask + 1) && !makeRoom();
    long key = key(entry.fingerprint());
    long place =
        ((sequence & 0xffff) << (2 * PLACE_BITS))
            | ((entry.offset() & PLACE_MASK) << PLACE_BITS)
            | (entry.length() & PLACE_MASK);
    long tag = ((long) entry.variant() << 32) | (sequence & 0xffff_ffffL);
    Table in = table;
    long slot = in.first(key);
    long free = -1;
    long oldest = -1;
    int ofKey = 0;
    for (long found = in.get(slot, 0); found != NONE; found = in.get(slot, 0)) {
      boolean there = in.get(slot, 1) != NONE && isLive(in.get(slot, 2));
      if (!there) {
        free = free < 0 ? slot : free;
      } else if (found == key) {
        if ((int) (in.get(slot, 2) >>> 32) == entry.variant()) {
          replace(in, slot, place, tag);
          return true;
        }
        ofKey++;
        oldest = oldest < 0 || isNewer(at(in, oldest), at(in, slot)) ? slot : oldest;
      }
      slot = (slot + 1) & in.mask;
    }
    if (ofKey >= MOST_OF_KEY) {
      replace(in, oldest, place, tag);
      return true;
    }
    if (entries >= mostEntries || (free < 0 && full)) {
      return false;
    }
    if (free < 0) {
      used++;
      free = slot;
    }
    counted(tag, 1);
    write(in, free, key, place, tag);
    return true;
  }

  private void replace(Table in, long slot, long place, long tag) {
    counted(in.get(slot, 2), -1);
    counted(tag, 1);
    write(in, slot, in.get(slot, 0), place, tag);
  }

  private void counted(long tag, int more) {
    bySegment.merge(tag & 0xffff_ffffL, (long) more, Long::sum);
    entries += more;
    live = entries;
  }

  /** What is of segments that are gone does not count any more. */
  void leaveOutGone() {
    for (Iterator<Map.Entry<Long, Long>> each = bySegment.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<Long, Long> segment = each.next();
      if (!isLive.test(segment.getKey())) {
        entries -= segment.getValue();
        each.remove();
      }
    }
    live = entries;
  }

  private static Found at(Table in, long slot) {
    return new Found(in.get(slot, 1), in.get(slot, 2));
  }

  private static void write(Table in, long slot, long key, long place, long tag) {
    // Nothing is found there while it changes.
    in.set(slot, 1, NONE);
    in.set(slot, 2, tag);
    in.set(slot, 0, key);
    in.set(slot, 1, place);
  }

  /** Removes an entry, if it is still there. */
  void remove(long fingerprint, long place) {
    remove(fingerprint, each -> each == place);
  }

  /** Removes all that there is of a key. */
  void removeAll(long fingerprint) {
    remove(fingerprint, each -> each != NONE);
  }

  private void remove(long fingerprint, LongPredicate places) {
    Table in = table;
    long key = key(fingerprint);
    long slot = in.first(key);
    for (long found = in.get(slot, 0); found != NONE; found = in.get(slot, 0)) {
      if (found == key && places.test(in.get(slot, 1))) {
        in.set(slot, 1, NONE);
        long tag = in.get(slot, 2);
        if (bySegment.containsKey(tag & 0xffff_ffffL)) {
          counted(tag, -1);
        }
      }
      slot = (slot + 1) & in.mask;
    }
  }

  /** Takes what is of segments that are gone out, and makes room for more. */
  private boolean makeRoom() {
    Table old = table;
    if (noMoreMemory) {
      // Fuller than it should be, with what is of segments that are gone in between.
      return 16 * (used + 1) <= 15 * (old.mask + 1);
    }
    long there = 0;
    for (long slot = 0; slot <= old.mask; slot++) {
      there += isEntry(old, slot) ? 1 : 0;
    }
    long slots = FIRST_SLOTS;
    while (slots < mostSlots && slots * 2 < (there + 1) * 5) {
      slots *= 2;
    }
    Table made;
    try {
      made = new Table(slots);
    } catch (OutOfMemoryError e) {
      // To ask again would take long each time.
      noMoreMemory = true;
      return 16 * (used + 1) <= 15 * (old.mask + 1);
    }
    for (long slot = 0; slot <= old.mask; slot++) {
      if (isEntry(old, slot)) {
        long to = made.first(old.get(slot, 0));
        while (made.get(to, 0) != NONE) {
          to = (to + 1) & made.mask;
        }
        made.set(to, 1, old.get(slot, 1));
        made.set(to, 2, old.get(slot, 2));
        made.set(to, 0, old.get(slot, 0));
      }
    }
    used = there;
    table = made;
    leaveOutGone();
    return true;
  }

  private boolean isEntry(Table in, long slot) {
    return in.get(slot, 0) != NONE && in.get(slot, 1) != NONE && isLive(in.get(slot, 2));
  }

  /** Forgets everything. */
  void clear() {
    used = 0;
    entries = 0;
    live = 0;
    bySegment.clear();
    table = new Table(FIRST_SLOTS);
  }

  /** How many entries there are; what is of a segment that is gone counts for a moment yet. */
  long entries() {
    return live;
  }

  /** The memory that it takes, in bytes. */
  long memoryBytes() {
    return (table.mask + 1) * SLOT_BYTES;
  }
}

package io.landfall.edge.cache.disk;

import io.landfall.core.InvariantBroken;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a disk, the oldest first. To make room the oldest is removed as a whole: its file
 * goes, and who reads from it reads on. Changed on the writing thread; looked up on any.
 */
final class SegmentRing {
  /** The last 16 bits of a segment's number tell it from all that are there. */
  private static final int SLOTS = 1 << 16;

  /** Segments that were removed and are still being read from, beyond what the disk may take. */
  static final int MOST_RETIRED = 2;

  private final DiskFiles files;
  private final long limitBytes;
  private final long segmentBytes;
  private final LongSupplier nonces;
  private final AtomicReferenceArray<@Nullable DiskSegment> bySlot =
      new AtomicReferenceArray<>(SLOTS);

  private final ArrayDeque<DiskSegment> segments = new ArrayDeque<>();
  private final Deque<DiskSegment> retired = new ArrayDeque<>();
  private long totalBytes;
  private volatile long takenBytes;
  private long lastSequence;

  /**
   * An empty one.
   *
   * @param limitBytes what all segments may take
   * @param segmentBytes how long each new one is
   */
  SegmentRing(DiskFiles files, long limitBytes, long segmentBytes, LongSupplier nonces) {
    this.files = files;
    this.limitBytes = limitBytes;
    this.segmentBytes = segmentBytes;
    this.nonces = nonces;
  }

  long segmentBytes() {
    return segmentBytes;
  }

  /** What all segments may take, in bytes. */
  long limitBytes() {
    return limitBytes;
  }

  /** What its segments take, in bytes. */
  long takenBytes() {
    return takenBytes;
  }

  /** Whether the segment whose number ends with these 32 bits is there. */
  boolean isLive(long lowSequence) {
    return at((int) lowSequence) != null;
  }

  /** The segment whose number ends with these 32 bits; null if it is gone. Not held. */
  @Nullable DiskSegment at(int lowSequence) {
    DiskSegment found = bySlot.get(lowSequence & (SLOTS - 1));
    return found != null && (int) found.sequence() == lowSequence ? found : null;
  }

  // ---- on the writing thread ----

  /**
   * The segments that lie there, the oldest first, held. What is none is removed.
   *
   * @param leavesOut whether one that cannot be opened is left out; then it is removed, and so is
   *     all that is older, which may have been replaced by what was in it
   */
  List<DiskSegment> open(Predicate<String> leavesOut) throws IOException {
    List<DiskSegment> found = new ArrayList<>();
    long oldest = 0;
    boolean all = false;
    try {
      for (String name : files.names()) {
        if (name.startsWith(DiskSegment.PREFIX)) {
          long unreadable = open(name, found, leavesOut);
          oldest = Math.max(oldest, unreadable);
        }
      }
      found.sort((one, other) -> Long.compare(one.sequence(), other.sequence()));
      while (!found.isEmpty() && found.getFirst().sequence() < oldest) {
        DiskSegment replaced = found.getFirst();
        files.delete(DiskSegment.name(replaced.sequence()));
        replaced.letGo();
        found.removeFirst();
      }
      all = true;
      return found;
    } finally {
      if (!all) {
        found.forEach(DiskSegment::letGo);
      }
    }
  }

  /** Opens one; the number of one that is left out, else 0. */
  private long open(String name, List<DiskSegment> found, Predicate<String> leavesOut)
      throws IOException {
    try {
      DiskSegment segment = DiskSegment.open(files, name);
      if (segment == null) {
        files.delete(name);
      } else {
        found.add(segment);
      }
      return 0;
    } catch (IOException e) {
      if (!leavesOut.test(name)) {
        throw e;
      }
      files.delete(name);
      return DiskSegment.sequence(name);
    }
  }

  /** Adds one that was opened, and is younger than all that are there. */
  void add(DiskSegment segment) {
    segments.add(segment);
    totalBytes += segment.bytes();
    takenBytes = totalBytes;
    lastSequence = segment.sequence();
    DiskSegment before = bySlot.getAndSet((int) segment.sequence() & (SLOTS - 1), segment);
    if (before != null) {
      throw new InvariantBroken("two segments share a slot");
    }
  }

  /** Makes a new one, for which the oldest ones go. */
  DiskSegment create() throws IOException {
    makeRoom(segmentBytes);
    DiskSegment made =
        DiskSegment.create(files, lastSequence + 1, nonces.getAsLong(), segmentBytes);
    add(made);
    return made;
  }

  /** Removes the oldest ones until so much more fits. */
  void makeRoom(long bytes) throws IOException {
    while (!segments.isEmpty()
        && (totalBytes + bytes > limitBytes || segments.size() >= SLOTS - 1)) {
      removeOldest();
    }
  }

  /** Removes the oldest one; false if there is none but the youngest. */
  boolean removeOldest() throws IOException {
    DiskSegment oldest = segments.peek();
    if (oldest == null) {
      return false;
    }
    files.delete(DiskSegment.name(oldest.sequence()));
    // What is gone stays so: the journal may not know any more what of it was forgotten.
    files.forceNames();
    forget(oldest);
    segments.remove();
    retired.add(oldest);
    for (Iterator<DiskSegment> each = retired.iterator(); each.hasNext(); ) {
      if (each.next().holders() == 0) {
        each.remove();
      }
    }
    if (retired.size() > MOST_RETIRED) {
      // Who has read from it for so long is cut off: the disk's bound counts.
      retired.remove().file().close();
    }
    return true;
  }

  /** Removes the youngest again, in which nothing could be written; false if that fails. */
  boolean discard(DiskSegment youngest) {
    try {
      files.delete(DiskSegment.name(youngest.sequence()));
    } catch (IOException e) {
      return false;
    }
    segments.remove(youngest);
    forget(youngest);
    return true;
  }

  private void forget(DiskSegment segment) {
    segment.remove();
    bySlot.set((int) segment.sequence() & (SLOTS - 1), null);
    totalBytes -= segment.bytes();
    takenBytes = totalBytes;
    segment.letGo();
  }

  /** The smallest ticket of what is stored. */
  long oldestTicket() {
    return segments.stream().mapToLong(DiskSegment::oldestTicket).min().orElse(Long.MAX_VALUE);
  }

  /** The youngest; null if there is none. */
  @Nullable DiskSegment youngest() {
    return segments.peekLast();
  }

  /** The number of the youngest. */
  long lastSequence() {
    return lastSequence;
  }

  /** Whether there are any that are older than one. */
  boolean hasOlderThan(long sequence) {
    DiskSegment oldest = segments.peek();
    return oldest != null && oldest.sequence() < sequence;
  }

  /** Those that can have a footer, and have none yet. */
  List<DiskSegment> sealable() {
    return segments.stream().filter(DiskSegment::isSealable).toList();
  }

  /** Lets go of all: their files stay. */
  void close() {
    for (DiskSegment each : segments) {
      bySlot.set((int) each.sequence() & (SLOTS - 1), null);
      each.letGo();
    }
    segments.clear();
  }
}

package io.landfall.overlay;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One list of the {@link Journal}: paths in ascending order of {@link Path#sequence}. A path is put
 * at the end, taken out from anywhere, and found by its place, each at a cost that does not depend
 * on how many wait: of each run of {@link #RUN} places the first path that is there is kept.
 */
final class JournalList {
  private static final int RUN_BITS = 8;

  /** Finding a place looks at no more paths than this. */
  static final int RUN = 1 << RUN_BITS;

  private final TreeMap<Long, Path> firstOfRun = new TreeMap<>();
  private @Nullable Path head;
  private @Nullable Path tail;
  private int size;

  @Nullable Path head() {
    return head;
  }

  int size() {
    return size;
  }

  /** Puts a path at the end; its place is beyond all that are here. */
  void add(Path path) {
    Path last = tail;
    path.journalPrevious = last;
    path.journalNext = null;
    if (last == null) {
      head = path;
    } else {
      last.journalNext = path;
    }
    tail = path;
    size++;
    if (last == null || runOf(last) != runOf(path)) {
      firstOfRun.put(runOf(path), path);
    }
  }

  /** Takes out a path that is here. */
  void remove(Path path) {
    Path before = path.journalPrevious;
    Path after = path.journalNext;
    if (before == null || runOf(before) != runOf(path)) {
      if (after != null && runOf(after) == runOf(path)) {
        firstOfRun.put(runOf(path), after);
      } else {
        firstOfRun.remove(runOf(path));
      }
    }
    if (before == null) {
      head = after;
    } else {
      before.journalNext = after;
    }
    if (after == null) {
      tail = before;
    } else {
      after.journalPrevious = before;
    }
    path.journalPrevious = null;
    path.journalNext = null;
    size--;
  }

  /** The first path beyond a place; null when there is none. */
  @Nullable Path firstAfter(long sequence) {
    Path last = tail;
    if (last == null || last.sequence <= sequence) {
      return null;
    }
    Path before = last.journalPrevious;
    if (before == null || before.sequence <= sequence) {
      return last;
    }
    Map.Entry<Long, Path> run = firstOfRun.ceilingEntry((sequence + 1) >>> RUN_BITS);
    Path path = run == null ? null : run.getValue();
    while (path != null && path.sequence <= sequence) {
      path = path.journalNext;
    }
    return path;
  }

  private static long runOf(Path path) {
    return path.sequence >>> RUN_BITS;
  }
}

package io.landfall.edge.exchange;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters that one event loop adds to and any thread may read. There is one writer, so an addition
 * is a plain read and a write that a reader sees at some time: no lock and no contended cell.
 */
final class LoopCounters {
  private final AtomicLongArray cells;

  LoopCounters(int size) {
    cells = new AtomicLongArray(size);
  }

  /** Adds to a counter; on the event loop only. */
  void add(int at, long what) {
    cells.setOpaque(at, cells.getPlain(at) + what);
  }

  /** A counter; any thread. */
  long get(int at) {
    return cells.getOpaque(at);
  }
}

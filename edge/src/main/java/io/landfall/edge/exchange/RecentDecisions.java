package io.landfall.edge.exchange;

import io.landfall.edge.DecisionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The newest finished requests of one event loop: a ring that the loop writes and anybody may read.
 * A reader that is overtaken sees a newer record, never a broken one.
 */
final class RecentDecisions {
  static final int CAPACITY = 1024;

  private final AtomicReferenceArray<DecisionRecord> ring = new AtomicReferenceArray<>(CAPACITY);
  private int next;

  /** Adds a record; on the loop only. */
  void add(DecisionRecord made) {
    ring.setRelease(next, made);
    next = (next + 1) % CAPACITY;
  }

  /** All records there are, in no order. */
  List<DecisionRecord> all() {
    List<DecisionRecord> records = new ArrayList<>();
    for (int i = 0; i < CAPACITY; i++) {
      DecisionRecord found = ring.getAcquire(i);
      if (found != null) {
        records.add(found);
      }
    }
    return records;
  }
}

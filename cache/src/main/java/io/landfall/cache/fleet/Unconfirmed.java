package io.landfall.cache.fleet;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What this node has applied and others may not have yet. Until they have, an object that one of
 * them answers with may be older than the purge, though it was asked for after that.
 */
final class Unconfirmed {
  /** The most entries that are looked at one by one; of older ones the last one of each log is. */
  static final int MAX_ITEMS = 65_536;

  private record Item(long batch, LogId log, long number) {}

  private final ArrayDeque<Item> items = new ArrayDeque<>();

  /** What did not fit any more, as one; bounded by the number of logs. */
  private final TreeMap<LogId, Long> older = new TreeMap<>();

  private long olderBatch;

  /** This batch has applied the log up to this entry. */
  void applied(long batch, LogId log, long number) {
    items.add(new Item(batch, log, number));
    while (items.size() > MAX_ITEMS) {
      Item oldest = items.remove();
      if (older.isEmpty()) {
        olderBatch = oldest.batch();
      }
      older.merge(oldest.log(), oldest.number(), Math::max);
    }
  }

  /**
   * Whether it waits for what another node was given: only a comparison shows which nodes have
   * that.
   */
  boolean isOfOthers(LogId own) {
    return !older.isEmpty() || (!items.isEmpty() && !items.element().log().equals(own));
  }

  /** Forgets what all these nodes have applied. */
  void confirm(Collection<PurgePeer> nodes) {
    if (!older.isEmpty()) {
      for (Map.Entry<LogId, Long> each : older.entrySet()) {
        if (!haveAll(nodes, each.getKey(), each.getValue())) {
          return;
        }
      }
      older.clear();
    }
    while (!items.isEmpty() && haveAll(nodes, items.element().log(), items.element().number())) {
      items.remove();
    }
  }

  private static boolean haveAll(Collection<PurgePeer> nodes, LogId log, long number) {
    for (PurgePeer node : nodes) {
      if (!node.has(log, number)) {
        return false;
      }
    }
    return true;
  }

  /** The first batch that some node may not have applied; empty if all have applied all. */
  OptionalLong firstBatch() {
    if (!older.isEmpty()) {
      return OptionalLong.of(olderBatch);
    }
    return items.isEmpty() ? OptionalLong.empty() : OptionalLong.of(items.element().batch());
  }
}

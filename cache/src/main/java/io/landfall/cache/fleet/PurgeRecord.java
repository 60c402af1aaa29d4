package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.List;

/**
 * A change of what a node has of the logs of purges, as it is kept over restarts. The changes of a
 * run, done once more in their order, make what it had.
 */
public sealed interface PurgeRecord {
  /** What a record counts beside its entries. */
  int OVERHEAD_BYTES = 128;

  /** The log that has changed. */
  LogId log();

  /** What it counts in bounds of memory. */
  default long bytes() {
    return OVERHEAD_BYTES
        + (this instanceof Entries entries
            ? entries.segment().purges().stream().mapToLong(FleetPurge::bytes).sum()
            : 0);
  }

  /**
   * Entries were applied.
   *
   * @param segment them; it is not used whether there are some before
   * @param byOrigin whether the origin of the log sent them itself
   */
  record Entries(Segment segment, boolean byOrigin) implements PurgeRecord {
    @Override
    public LogId log() {
      return segment.id();
    }
  }

  /** From now on so much of a log counts as applied; of its entries those are kept that do. */
  record State(KnownLog known) implements PurgeRecord {
    @Override
    public LogId log() {
      return known.id();
    }
  }

  /**
   * The run of a node that is to follow those that are known of it.
   *
   * @param wanted the least
   */
  static long nextRun(NodeName self, long wanted, List<PurgeRecord> restored) {
    long next = wanted;
    for (PurgeRecord each : restored) {
      LogId id = each.log();
      if (id.origin().equals(self)) {
        next = Math.max(next, Math.min(LogId.MAX_INCARNATION, id.incarnation() + 1));
      }
    }
    return next;
  }
}

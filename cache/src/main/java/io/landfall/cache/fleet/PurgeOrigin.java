package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All logs that are kept of one node: one for each of its runs. */
final class PurgeOrigin {
  /** By incarnation; bounded by {@link PurgeTable#MAX_LOGS}. */
  final TreeMap<Long, PurgeLog> runs = new TreeMap<>();

  /** The latest run of which nothing is kept any more. */
  @Nullable KnownLog forgotten;

  /** Whether nothing of a run is kept any more. */
  boolean forgot(long incarnation) {
    KnownLog gone = forgotten;
    return gone != null && incarnation <= gone.id().incarnation();
  }

  /** Whether another node has, of a run that is forgotten here, more than there was here. */
  boolean lacksForgotten(KnownLog theirs) {
    KnownLog gone = forgotten;
    return gone != null
        && !theirs.forgotten()
        && (theirs.id().compareTo(gone.id()) < 0 || theirs.through() > gone.through());
  }

  /** Notes how far that run is, if it is the one that is forgotten last. */
  void forgotLater(KnownLog theirs) {
    KnownLog gone = forgotten;
    if (gone != null && gone.id().equals(theirs.id()) && theirs.through() > gone.through()) {
      forgotten = forgotten(theirs);
    }
  }

  /** A log of which nothing is kept any more. */
  static KnownLog forgotten(KnownLog log) {
    return new KnownLog(log.id(), log.through() + 1, log.through(), log.direct(), true);
  }

  /** A log of which not even that is known. */
  static KnownLog unknown(LogId log) {
    return new KnownLog(log, 1, 0, 0, true);
  }

  /** The run that a node is in: it names its own log always. */
  static long currentRun(List<KnownLog> theirs, NodeName node) {
    long current = -1;
    for (KnownLog each : theirs) {
      if (each.id().origin().equals(node)) {
        current = Math.max(current, each.id().incarnation());
      }
    }
    return current;
  }

  /**
   * What a node lacks, as much as a message takes.
   *
   * @param self this node
   * @param theirs what it has
   */
  static List<Segment> lacking(
      Collection<PurgeOrigin> origins, NodeName self, List<KnownLog> theirs) {
    Map<LogId, KnownLog> has = new TreeMap<>();
    Map<NodeName, Long> gone = new TreeMap<>();
    for (KnownLog each : theirs) {
      has.put(each.id(), each);
      if (each.forgotten()) {
        gone.put(each.id().origin(), each.id().incarnation());
      }
    }
    List<Segment> out = new ArrayList<>();
    int entries = PurgeMessage.MAX_ENTRIES;
    int room = PurgeMessage.MAX_ENTRY_BYTES;
    for (PurgeOrigin origin : origins) {
      for (PurgeLog log : origin.runs.values()) {
        if (log.id().incarnation() <= gone.getOrDefault(log.id().origin(), -1L)) {
          continue;
        }
        KnownLog there = has.get(log.id());
        long have = there == null ? 0 : there.asSeenBy(self);
        // What it cannot have all of it counts as missed, and needs no entries of.
        Segment some = log.floor() > have + 1 ? null : log.behind(have, entries, room);
        if (some != null) {
          out.add(some);
          entries -= some.purges().size();
          room -= some.purges().stream().mapToInt(FleetPurge::bytes).sum();
        }
      }
    }
    return out;
  }
}

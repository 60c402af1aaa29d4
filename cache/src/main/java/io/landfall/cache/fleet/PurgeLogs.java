package io.landfall.cache.fleet;

import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The logs of all nodes that give purges, as this node has them, and what it has in them: bounded
 * in entries and bytes, the oldest of all going first.
 */
final class PurgeLogs {
  /** The most entries that are kept, of all logs. */
  static final int MAX_ENTRIES = 131_072;

  /** The most bytes of entries that are kept, as {@link FleetPurge} counts them. */
  static final int MAX_BYTES = 32 << 20;

  /** Where an entry is, or was. */
  record Place(PurgeLog log, long number) {}

  /** Entries in the order in which they came, some of which may be gone; bounded with them. */
  private final ArrayDeque<Place> order = new ArrayDeque<>();

  private final PurgeChanges changes = new PurgeChanges();
  private final PurgeTable table;
  private final NodeName self;
  private final int most;
  private PurgeLog own;
  private long bytes;

  /**
   * No purge yet.
   *
   * @param most the most entries that are kept
   */
  PurgeLogs(NodeName self, long incarnation, int most) {
    this.self = self;
    this.most = most;
    this.own = new PurgeLog(new LogId(self, incarnation));
    this.table = new PurgeTable(changes);
    table.met(self);
    bytes -= table.add(own);
  }

  /** A node is known by itself, and not only by what others say of it: its logs come first. */
  void met(NodeName node) {
    table.met(node);
  }

  /** A node is not one of the fleet any more: its logs go before those of others. */
  void left(NodeName node) {
    table.left(node);
  }

  LogId ownId() {
    return own.id();
  }

  long ownThrough() {
    return own.through();
  }

  /** Whether entries of this node's own log are kept, and so the last one of them. */
  boolean keepsOwn() {
    return own.floor() <= own.through();
  }

  int entries() {
    return order.size();
  }

  long bytes() {
    return bytes;
  }

  /** A purge was given here; its number. */
  long append(FleetPurge purge) {
    long number = own.through() + 1;
    put(own, number, purge, true);
    return number;
  }

  private void put(PurgeLog log, long number, FleetPurge purge, boolean byOrigin) {
    log.append(number, purge, byOrigin);
    changes.entry(log.id(), number, purge, byOrigin);
    order.add(new Place(log, number));
    bytes += purge.bytes();
    while (order.size() > most || bytes > MAX_BYTES) {
      Place oldest = order.remove();
      bytes -= oldest.log().trim(oldest.number());
    }
  }

  /** Other nodes know a later run of this node: purges from now on are of one that is later yet. */
  private void outrun(LogId known) {
    if (known.incarnation() < LogId.MAX_INCARNATION) {
      own = new PurgeLog(new LogId(self, known.incarnation() + 1));
      bytes -= table.add(own);
    }
  }

  /** The log, made if it can be kept; null if not. */
  private @Nullable PurgeLog made(LogId id) {
    PurgeLog known = table.find(id);
    if (known == null && table.mayAdd(id)) {
      bytes -= table.add(new PurgeLog(id));
      known = table.find(id);
    }
    return known;
  }

  /**
   * What came of entries that a node sent.
   *
   * @param apply those to apply
   * @param gap whether entries before them are missing, and cannot be had
   * @param known what this node has of the log now
   */
  record Accepted(List<FleetPurge> apply, boolean gap, KnownLog known) {}

  /** Takes entries of a node. */
  Accepted accept(Segment segment, NodeName from) {
    boolean byOrigin = from.equals(segment.id().origin());
    if (segment.id().equals(own.id())) {
      return new Accepted(List.of(), false, own.known());
    }
    PurgeLog log = made(segment.id());
    if (log == null) {
      // No log of it can be kept, so each time it comes it is taken for new.
      long last = segment.last();
      return new Accepted(
          segment.purges(), false, new KnownLog(segment.id(), last + 1, last, last, false));
    }
    long before = log.counted(byOrigin);
    boolean gap = segment.first() > before + 1;
    if (gap && !segment.fromFloor()) {
      return new Accepted(List.of(), false, log.known());
    }
    if (gap) {
      bytes -= log.skipTo(segment.first() - 1, byOrigin);
      changes.state(log.known());
    }
    List<FleetPurge> apply = new ArrayList<>();
    long number = segment.first();
    for (FleetPurge purge : segment.purges()) {
      if (number > log.through()) {
        put(log, number, purge, byOrigin);
        apply.add(purge);
      } else if (byOrigin && number > log.counted(true)) {
        bytes += log.confirm(number, purge);
        changes.entry(log.id(), number, purge, true);
        apply.add(purge);
      }
      number++;
    }
    return new Accepted(apply, gap, log.known());
  }

  private void ends(PurgeLog log, long number) {
    long before = log.through();
    bytes -= log.endsAt(number);
    if (log.through() < before) {
      changes.state(log.known());
    }
  }

  // ---- over restarts ----

  /** What has changed since this was asked last, in order. */
  List<PurgeRecord> takeChanges() {
    return changes.take();
  }

  /** What makes logs that know nothing yet what these are. */
  List<PurgeRecord> all() {
    return PurgeChanges.making(table.origins(), order);
  }

  /**
   * Does once more what was done in a run of this node before.
   *
   * @return false if it does not fit what was done before it
   */
  boolean restore(PurgeRecord record) {
    boolean fits = true;
    switch (record) {
      case PurgeRecord.Entries(Segment segment, boolean byOrigin) ->
          fits = restore(segment, byOrigin);
      case PurgeRecord.State(KnownLog known) -> restore(known);
    }
    changes.take();
    return fits;
  }

  private boolean restore(Segment segment, boolean byOrigin) {
    PurgeLog log = madeAgain(segment.id());
    if (log == null || segment.first() > log.through() + 1) {
      // It was forgotten since, or entries before these are missing.
      return log == null;
    }
    wasMet(segment.id(), byOrigin);
    long number = segment.first();
    for (FleetPurge purge : segment.purges()) {
      if (number > log.through()) {
        put(log, number, purge, byOrigin);
      } else if (byOrigin) {
        bytes += log.confirm(number, purge);
      }
      number++;
    }
    return true;
  }

  /** What a node sent itself shows that it was met: no other can send that. */
  private void wasMet(LogId log, boolean byOrigin) {
    if (byOrigin) {
      table.wasMet(log.origin());
    }
  }

  private void restore(KnownLog known) {
    wasMet(known.id(), known.direct() > 0);
    if (known.forgotten()) {
      bytes -= table.restoreForgotten(known);
      return;
    }
    PurgeLog log = madeAgain(known.id());
    bytes -= log == null ? 0 : log.restore(known);
  }

  /** As {@link #made}: what was kept before is, whether its node is known by itself or not. */
  private @Nullable PurgeLog madeAgain(LogId id) {
    PurgeLog known = table.find(id);
    if (known == null && !table.forgot(id)) {
      bytes -= table.add(new PurgeLog(id));
      known = table.find(id);
    }
    return known;
  }

  /** What this node has. */
  List<KnownLog> known() {
    List<KnownLog> all = new ArrayList<>();
    for (PurgeOrigin origin : table.origins()) {
      KnownLog gone = origin.forgotten;
      if (gone != null) {
        all.add(gone);
      }
      for (PurgeLog log : origin.runs.values()) {
        // Its own log always: the node's own count is where that ends.
        if (log.through() > 0 || log.equals(own)) {
          all.add(log.known());
        }
      }
    }
    return all;
  }

  KnownLog known(LogId id) {
    PurgeLog log = table.find(id);
    return log == null ? new KnownLog(id, 1, 0, 0, false) : log.known();
  }

  /**
   * How this node stands to what another has.
   *
   * @param targets what it lacks and can get from it
   * @param missed what it lacked and cannot get, and counts as applied from now on
   */
  record Compared(Map<LogId, Long> targets, Map<LogId, Long> missed) {
    /** Whether something was missed for good. */
    boolean isGap() {
      return !missed.isEmpty();
    }
  }

  /**
   * Compares with what another node has.
   *
   * @param adopts whether what is lacking is not wanted, but counts as missed
   * @param first whether it is the first time since the node is reached
   */
  Compared compare(List<KnownLog> theirs, NodeName from, boolean adopts, boolean first) {
    Map<LogId, Long> targets = new TreeMap<>();
    Map<LogId, Long> missed = new TreeMap<>();
    long current = PurgeOrigin.currentRun(theirs, from);
    for (KnownLog each : theirs) {
      LogId id = each.id();
      if (id.origin().equals(self) && id.compareTo(own.id()) >= 0) {
        if (!id.equals(own.id()) || each.through() > own.through()) {
          outrun(id);
        }
        continue;
      }
      boolean byOrigin = from.equals(id.origin());
      PurgeOrigin origin = table.origin(id.origin());
      PurgeLog log = table.find(id);
      if (log == null && origin != null && origin.forgot(id.incarnation())) {
        if (first && origin.lacksForgotten(each)) {
          missed.put(id, each.through());
          origin.forgotLater(each);
          changes.state(origin.forgotten);
        }
        continue;
      }
      if (byOrigin && log != null && id.incarnation() == current) {
        ends(log, each.through());
      }
      long have = log == null ? 0 : log.counted(byOrigin);
      if (have >= each.through()) {
        continue;
      }
      boolean canHave = log != null || table.mayAdd(id);
      if (canHave && !each.forgotten() && !adopts && each.floor() <= have + 1) {
        targets.put(id, each.through());
        continue;
      }
      PurgeLog kept = made(id);
      if (kept != null) {
        bytes -= kept.skipTo(each.through(), byOrigin);
        changes.state(kept.known());
      }
      if (kept != null || first) {
        missed.put(id, each.through());
      }
    }
    return new Compared(targets, missed);
  }

  /**
   * Entries of this node's own log behind this one, as many as fit. It is not the last one, and
   * entries are kept.
   */
  Segment ownBehind(long number) {
    Segment some = own.behind(number, PurgeMessage.MAX_ENTRIES, PurgeMessage.MAX_ENTRY_BYTES);
    if (some == null) {
      throw new InvariantBroken("the last entry is kept if any is, and fits a message");
    }
    return some;
  }

  /**
   * What a node lacks that has this, as much as a message takes.
   *
   * @param theirs what it has
   */
  List<Segment> lacking(List<KnownLog> theirs) {
    return PurgeOrigin.lacking(table.origins(), self, theirs);
  }
}

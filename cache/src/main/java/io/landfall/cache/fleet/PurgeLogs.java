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

  /**
   * The most logs that are kept. The oldest run that is not the last one of its node goes first;
   * who still lacks something of it by then drops all.
   */
  static final int MAX_LOGS = 1024;

  /** All that is kept of one node. */
  private static final class Origin {
    final TreeMap<Long, PurgeLog> runs = new TreeMap<>();

    /** The latest run of which nothing is kept any more. */
    @Nullable KnownLog forgotten;

    boolean forgot(long incarnation) {
      KnownLog gone = forgotten;
      return gone != null && incarnation <= gone.id().incarnation();
    }
  }

  private record Place(PurgeLog log, long number) {}

  private final TreeMap<NodeName, Origin> origins = new TreeMap<>();

  /** Entries in the order in which they came, some of which may be gone; bounded with them. */
  private final ArrayDeque<Place> order = new ArrayDeque<>();

  private final NodeName self;
  private final int most;
  private PurgeLog own;
  private int logs;
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
    add(origin(self), own);
  }

  private Origin origin(NodeName name) {
    return origins.computeIfAbsent(name, n -> new Origin());
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
      add(origin(self), own);
    }
  }

  private void add(Origin origin, PurgeLog log) {
    origin.runs.put(log.id().incarnation(), log);
    logs++;
    if (logs > MAX_LOGS) {
      PurgeLog oldest = oldestRun();
      if (oldest != null) {
        forget(oldest);
      }
    }
  }

  /** The run that began first, of those that are not the last one of their node. */
  private @Nullable PurgeLog oldestRun() {
    PurgeLog oldest = null;
    for (Origin each : origins.values()) {
      PurgeLog first = each.runs.isEmpty() ? null : each.runs.firstEntry().getValue();
      boolean before =
          first != null
              && each.runs.size() > 1
              && (oldest == null || first.id().incarnation() < oldest.id().incarnation());
      oldest = before ? first : oldest;
    }
    return oldest;
  }

  private void forget(PurgeLog log) {
    Origin origin = origin(log.id().origin());
    origin.runs.remove(log.id().incarnation());
    logs--;
    bytes -= log.clear();
    origin.forgotten = forgotten(log.known());
  }

  private static KnownLog forgotten(KnownLog log) {
    return new KnownLog(log.id(), log.through() + 1, log.through(), log.direct(), true);
  }

  /** What is known of a log; nothing if it is not kept. */
  private @Nullable PurgeLog find(LogId id) {
    Origin origin = origins.get(id.origin());
    return origin == null ? null : origin.runs.get(id.incarnation());
  }

  /** The log, made if it can be kept; null if not. */
  private @Nullable PurgeLog made(LogId id) {
    PurgeLog known = find(id);
    if (known != null) {
      return known;
    }
    if (logs >= MAX_LOGS && oldestRun() == null) {
      return null;
    }
    Origin origin = origin(id.origin());
    if (origin.forgot(id.incarnation())) {
      return null;
    }
    PurgeLog log = new PurgeLog(id);
    add(origin, log);
    return find(id);
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
    }
    List<FleetPurge> apply = new ArrayList<>();
    long number = segment.first();
    for (FleetPurge purge : segment.purges()) {
      if (number > log.through()) {
        put(log, number, purge, byOrigin);
        apply.add(purge);
      } else if (byOrigin && number > log.counted(true)) {
        bytes += log.confirm(number, purge);
        apply.add(purge);
      }
      number++;
    }
    return new Accepted(apply, gap, log.known());
  }

  /** What this node has. */
  List<KnownLog> known() {
    List<KnownLog> all = new ArrayList<>();
    for (Origin origin : origins.values()) {
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
    PurgeLog log = find(id);
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
    long current = currentRun(theirs, from);
    for (KnownLog each : theirs) {
      LogId id = each.id();
      if (id.origin().equals(self) && id.compareTo(own.id()) >= 0) {
        if (!id.equals(own.id()) || each.through() > own.through()) {
          outrun(id);
        }
        continue;
      }
      boolean byOrigin = from.equals(id.origin());
      Origin origin = origins.get(id.origin());
      PurgeLog log = find(id);
      if (log == null && origin != null && origin.forgot(id.incarnation())) {
        if (first && lacksForgotten(origin, each)) {
          missed.put(id, each.through());
          origin.forgotten = later(origin.forgotten, each);
        }
        continue;
      }
      if (byOrigin && log != null && id.incarnation() == current) {
        bytes -= log.endsAt(each.through());
      }
      long have = log == null ? 0 : log.counted(byOrigin);
      if (have >= each.through()) {
        continue;
      }
      if (!each.forgotten() && !adopts && each.floor() <= have + 1) {
        targets.put(id, each.through());
        continue;
      }
      PurgeLog kept = made(id);
      if (kept != null) {
        bytes -= kept.skipTo(each.through(), byOrigin);
      }
      if (kept != null || first) {
        missed.put(id, each.through());
      }
    }
    return new Compared(targets, missed);
  }

  /** The run that a node is in: it names its own log always. */
  private static long currentRun(List<KnownLog> theirs, NodeName node) {
    long current = -1;
    for (KnownLog each : theirs) {
      if (each.id().origin().equals(node)) {
        current = Math.max(current, each.id().incarnation());
      }
    }
    return current;
  }

  /** Whether another node has, of a run that is forgotten here, more than there was here. */
  private static boolean lacksForgotten(Origin origin, KnownLog theirs) {
    KnownLog gone = origin.forgotten;
    return gone != null
        && !theirs.forgotten()
        && (theirs.id().compareTo(gone.id()) < 0 || theirs.through() > gone.through());
  }

  private static @Nullable KnownLog later(@Nullable KnownLog gone, KnownLog theirs) {
    return gone != null && gone.id().equals(theirs.id()) && theirs.through() > gone.through()
        ? forgotten(theirs)
        : gone;
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
    for (Map.Entry<NodeName, Origin> origin : origins.entrySet()) {
      for (PurgeLog log : origin.getValue().runs.values()) {
        if (log.id().incarnation() <= gone.getOrDefault(origin.getKey(), -1L)) {
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

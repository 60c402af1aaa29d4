package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is known of one other node, about purges. Times are of the monotonic clock. */
final class PurgePeer {
  /** What a node may send in a second, in entries, on average; a message counts as one at least. */
  static final long ENTRIES_PER_SECOND = 20_000;

  /** What a node may send at once. */
  static final long BURST_ENTRIES = 40_000;

  /**
   * What a comparison counts, in entries: it costs up to a millisecond, so that a node cannot have
   * more than a tenth of a thread.
   */
  static final int COMPARE_ENTRIES = 200;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final NodeName name;

  /** What it has, by its own word; bounded by the logs that a message can name. */
  private final TreeMap<LogId, KnownLog> has = new TreeMap<>();

  /** What it has that this node is to get of it before it serves from its cache again. */
  final TreeMap<LogId, Long> targets = new TreeMap<>();

  /** What this node had, and it had not, when they were compared first since its channel is up. */
  private final TreeMap<LogId, Long> owed = new TreeMap<>();

  boolean up;

  /** Whether there was ever a channel to it. */
  boolean wasUp;

  /** Whether purges are to reach it: there was a session with it, or a channel. */
  boolean isOfFleet;

  /** When its channel came up or went, the later of both; when it was first known, if neither. */
  long changedNanos;

  /** Whether it was compared with since its channel is up. */
  boolean compared;

  /** Whether nothing is served from the cache before it was compared with. */
  boolean holds;

  /** The request that it has not answered; 0 for none. */
  long request;

  long requestNanos;

  /** Whether the comparison under way is one of a node that starts. */
  boolean adopting;

  /** No request is sent to it before. */
  long notBeforeNanos;

  long compareAtNanos;

  /** When a comparison began last. */
  long comparedNanos;

  int failures;

  /** Since when it is known. */
  private final long knownNanos;

  /** How much of this log of this node it has confirmed; kept while its channel comes and goes. */
  private @Nullable LogId confirmedLog;

  private long confirmed;

  private long tokens = BURST_ENTRIES;
  private long tokensNanos;

  PurgePeer(NodeName name, long nowNanos) {
    this.name = name;
    this.knownNanos = nowNanos;
    this.changedNanos = nowNanos;
    this.tokensNanos = nowNanos;
  }

  NodeName name() {
    return name;
  }

  void up(long nowNanos, boolean holding) {
    has.clear();
    targets.clear();
    owed.clear();
    up = true;
    wasUp = true;
    isOfFleet = true;
    changedNanos = nowNanos;
    compared = false;
    holds = holding;
    request = 0;
    notBeforeNanos = nowNanos;
    compareAtNanos = nowNanos;
    failures = 0;
  }

  void down(long nowNanos) {
    up = false;
    changedNanos = nowNanos;
    holds = false;
    targets.clear();
    request = 0;
  }

  /** Its request was not answered: it is asked again after a time that grows. */
  void failed(long nowNanos) {
    request = 0;
    notBeforeNanos =
        nowNanos + (FleetTimes.RETRY_NANOS << Math.min(failures++, FleetTimes.MAX_DOUBLINGS));
  }

  /** Whether an answer of the node to a request of a client may still be on its way. */
  boolean mayServe(long nowNanos) {
    return up || (wasUp && nowNanos - changedNanos < FleetTimes.LINGER_NANOS);
  }

  /** When something ends for a node without a channel. */
  long endNanos(long nowNanos) {
    return changedNanos + (mayServe(nowNanos) ? FleetTimes.LINGER_NANOS : FleetTimes.FORGET_NANOS);
  }

  /** Whether it has applied a log up to this entry, as far as is known. */
  boolean has(LogId log, long number) {
    if (name.equals(log.origin()) || through(log) >= number) {
      return true;
    }
    // Of a run that it keeps nothing of any more it needs nothing either.
    Map.Entry<LogId, KnownLog> later = has.ceilingEntry(log);
    return later != null
        && later.getKey().origin().equals(log.origin())
        && later.getValue().forgotten();
  }

  /** Up to which entry it has applied a log, as far as is known. */
  long through(LogId log) {
    KnownLog known = has.get(log);
    return known == null ? 0 : known.through();
  }

  /** Up to which entry of this log its origin has sent it all, as far as is known. */
  long direct(LogId log) {
    KnownLog known = has.get(log);
    return known == null ? 0 : known.direct();
  }

  /** It has answered: what it has of this node's own log is confirmed. */
  long confirms(LogId own) {
    confirmedLog = own;
    confirmed = direct(own);
    return confirmed;
  }

  /** It reports what it has: all of it. */
  void hasAll(List<KnownLog> known) {
    has.clear();
    known.forEach(this::hasToo);
  }

  /** It reports what it has of one log. */
  void hasToo(KnownLog known) {
    has.put(known.id(), known);
  }

  /** Notes what it has not yet of what this node has. */
  void owes(List<KnownLog> here) {
    for (KnownLog each : here) {
      if (!has(each.id(), each.through())) {
        owed.put(each.id(), each.through());
      }
    }
  }

  /** Forgets of that what it has by now. */
  void settle() {
    owed.entrySet().removeIf(each -> has(each.getKey(), each.getValue()));
  }

  /**
   * Whether it may lack purges from any time: it is not known what it has, or it is known to lack
   * some.
   */
  boolean mayAnswerOld() {
    return !compared || !owed.isEmpty();
  }

  /** Removes the targets that are reached. */
  void reached(PurgeLogs logs) {
    for (Map.Entry<LogId, Long> each : List.copyOf(targets.entrySet())) {
      if (logs.known(each.getKey()).asSeenBy(name) >= each.getValue()) {
        targets.remove(each.getKey());
      }
    }
  }

  boolean isCaughtUp() {
    return compared && targets.isEmpty();
  }

  /**
   * For people, about this log of this node.
   *
   * @param ownThrough the last purge of it
   */
  PurgeFleetView.Node view(LogId own, long ownThrough, FleetTimes times, long nowNanos) {
    long has = own.equals(confirmedLog) ? confirmed : 0;
    long lag = 0;
    if (has < ownThrough) {
      // It cannot be behind for longer than it is known: a new node is not as old as the log.
      lag = Math.max(0, Math.min(nowNanos - times.givenNanos(has + 1), nowNanos - knownNanos));
    }
    return new PurgeFleetView.Node(name, up, isCaughtUp(), direct(own), lag);
  }

  /** Whether so many entries of it are taken now; it then has had them. */
  boolean take(int entries, long nowNanos) {
    refill(nowNanos);
    int cost = Math.max(1, entries);
    if (tokens < cost) {
      return false;
    }
    tokens -= cost;
    return true;
  }

  /** Counts entries that were asked for, and so are taken whatever was taken before. */
  void charge(int entries, long nowNanos) {
    refill(nowNanos);
    tokens -= entries;
  }

  boolean isOverRate(long nowNanos) {
    refill(nowNanos);
    return tokens < PurgeMessage.MAX_ENTRIES;
  }

  private void refill(long nowNanos) {
    long passed = nowNanos - tokensNanos;
    long whole = Math.min(passed, 4 * NANOS_PER_SECOND) * ENTRIES_PER_SECOND / NANOS_PER_SECOND;
    if (whole > 0) {
      tokens = Math.min(BURST_ENTRIES, tokens + whole);
      tokensNanos = nowNanos;
    }
  }
}

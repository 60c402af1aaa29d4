package io.landfall.overlay;

import io.landfall.bgp.ErrorRung;
import io.landfall.bgp.Session;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.HostAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One peer: who it is, its session, and what is remembered of it while it is away. */
final class Peer {
  PeerInfo info;
  String fingerprint;

  /** The other end of the newest stream that its session was handed. */
  String place = "";

  final Session<HostAddress> session;
  final Refusals refusals;

  /** The streams that its session holds. */
  final SortedSet<Long> connections = new TreeSet<>();

  @Nullable Adjacency adjacency;
  @Nullable DownReason lastDown;

  /** Why there was no session the last time that this was noted; null since there was one. */
  @Nullable String lastFailure;

  /** The session was stopped by us and wants a Start before it takes a stream. */
  boolean stopped = true;

  long sinceNanos;

  /** When its last stream came or ended. */
  long lastStreamNanos;

  long timesEstablished;
  long updatesReceived;
  long announcementsReceived;
  long withdrawalsReceived;
  private long announcementsSentBefore;
  private long withdrawalsSentBefore;

  Peer(
      PeerInfo info,
      String fingerprint,
      Session<HostAddress> session,
      int maxRecentRefusals,
      long nowNanos) {
    this.info = info;
    this.fingerprint = fingerprint;
    this.session = session;
    this.refusals = new Refusals(maxRecentRefusals);
    this.sinceNanos = nowNanos;
    this.lastStreamNanos = nowNanos;
  }

  /** When its session, or the memory of it, wants a Tick. */
  OptionalLong deadlineNanos() {
    return isPassing()
        ? OptionalLong.of(lastStreamNanos + Peers.PASSING_NANOS)
        : session.deadlineNanos();
  }

  void streamEnded(long connection, long nowNanos) {
    connections.remove(connection);
    lastStreamNanos = nowNanos;
  }

  /** Whether it only ever shook hands, has no stream now, and its session waits for nothing. */
  boolean isPassing() {
    return timesEstablished == 0 && !isLive() && session.deadlineNanos().isEmpty();
  }

  boolean isLive() {
    return adjacency != null || !connections.isEmpty();
  }

  void up(Adjacency established, long nowNanos) {
    adjacency = established;
    lastFailure = null;
    timesEstablished++;
    sinceNanos = nowNanos;
  }

  void down(DownReason reason, long nowNanos) {
    Adjacency ended = adjacency;
    if (ended != null) {
      announcementsSentBefore += ended.out.announcementsSent();
      withdrawalsSentBefore += ended.out.withdrawalsSent();
    }
    adjacency = null;
    refusals.routes().clear();
    lastDown = reason;
    sinceNanos = nowNanos;
  }

  PeerView view() {
    Adjacency live = adjacency;
    return new PeerView(
        info,
        session.state(),
        isLive(),
        sinceNanos,
        live == null ? 0 : live.source.acceptedPaths,
        new PeerView.Counters(
            timesEstablished,
            updatesReceived,
            refusals.total(),
            new PeerView.Volume(
                announcementsReceived, withdrawalsReceived, session.stats().messagesReceived()),
            new PeerView.Volume(
                announcementsSentBefore + (live == null ? 0 : live.out.announcementsSent()),
                withdrawalsSentBefore + (live == null ? 0 : live.out.withdrawalsSent()),
                session.stats().messagesSent())),
        live == null ? Set.of() : endOfRib(live),
        new PeerView.Failures(Optional.ofNullable(lastDown), Optional.ofNullable(lastFailure)));
  }

  private static Set<PeerView.End> endOfRib(Adjacency live) {
    EnumSet<PeerView.End> ends = EnumSet.noneOf(PeerView.End.class);
    if (live.out.endOfRibSent()) {
      ends.add(PeerView.End.OURS);
    }
    if (live.endOfRibReceived) {
      ends.add(PeerView.End.THEIRS);
    }
    return ends;
  }

  RouteMonitor.PeerCounts counts() {
    long rejected = 0;
    long clusterLoops = 0;
    long originatorLoops = 0;
    for (RefusedView.RuleCount rule : refusals.rules()) {
      if (rule.rule().equals(ImportRule.CLUSTER_LOOP.label())) {
        clusterLoops = rule.count();
      } else if (rule.rule().equals(ImportRule.ORIGINATOR_IS_ME.label())) {
        originatorLoops = rule.count();
      } else if (ImportRule.isLabel(rule.rule()) || HostRouteCodec.isRule(rule.rule())) {
        rejected += rule.count();
      }
    }
    return new RouteMonitor.PeerCounts(
        session.prefixesReceived(),
        rejected,
        clusterLoops,
        originatorLoops,
        session.stats().updates(ErrorRung.TREAT_AS_WITHDRAW));
  }
}

package io.landfall.control;

import io.landfall.core.Backoff;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.trust.Admission;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Where nodes might be, and when to try each: discovery, which is not trust.
 *
 * <p>A candidate is an address that the operator named, or an authenticated peer. It gets TLS
 * handshakes and nothing else: a handshake that {@link Admission} admits proves who answers there,
 * and gives it no right to requests, which go where the session of an identity is. While the
 * adjacency with that identity is live its candidates rest; when it is lost they are tried again. A
 * candidate that turns out to be this node, by its very certificate, is remembered and left alone.
 *
 * <p>An endpoint that a peer advertises is no candidate: it is of that peer's own session, lives
 * and ends with it, and is kept there, one for each session.
 *
 * <p>The first attempt is immediate. After a failure the wait is drawn with full jitter below a
 * ceiling that doubles ({@link #WAITS}), so that nodes that lost a peer at the same moment do not
 * come back at the same moment. An adjacency that lasted {@link #STABLE_NANOS} starts the doubling
 * afresh. Once something else has proved that the node behind a candidate lives, it is due at once
 * ({@link #isAlive}).
 *
 * <p>Single-threaded; opens nothing; the owner dials what is {@link #due} and reports back. Times
 * are monotonic nanoseconds.
 */
public final class CandidateTable {
  /** How long to wait; no wait is so short that jitter could make a busy loop. */
  static final Backoff.Limits WAITS =
      new Backoff.Limits(20_000_000L, 250_000_000L, 15_000_000_000L);

  /**
   * The ceiling for a configured reflector: while it is away its clients lack the routes of others,
   * and its operator restarts it within seconds.
   */
  static final long REFLECTOR_MOST_NANOS = 2_000_000_000L;

  /** An adjacency that lasted this long was a good one. */
  public static final long STABLE_NANOS = 15_000_000_000L;

  /** The most candidates that are kept. */
  public static final int MAX_CANDIDATES = 4096;

  /** The most attempts that run at a time. */
  public static final int MAX_DIALING = 64;

  private final Rng rng;
  private final Predicate<NodeName> isReflector;
  private final Map<Endpoint, CandidateEntry> entries = new LinkedHashMap<>();
  private final LearnedCandidates learned;
  private int dialing;
  private OptionalLong deadlineNanos = OptionalLong.empty();
  private boolean isDeadlineOld = true;

  /**
   * No candidates yet.
   *
   * @param rng draws the jitter
   * @param isReflector which nodes reflect routes to this one, by the config
   */
  public CandidateTable(Rng rng, Predicate<NodeName> isReflector) {
    this.rng = rng;
    this.isReflector = isReflector;
    this.learned = new LearnedCandidates(entries, rng);
  }

  /**
   * A node might be here.
   *
   * @return whether the candidate is kept: false when a bound is reached
   */
  public boolean offer(Endpoint endpoint, long nowNanos) {
    CandidateEntry known = entries.get(endpoint);
    if (known != null) {
      known.isDropped = false;
      known.furtherOf = Optional.empty();
      learned.adopted(known);
      changed();
      return true;
    }
    if (entries.size() - learned.count() >= MAX_CANDIDATES) {
      return false;
    }
    changed();
    entries.put(endpoint, new CandidateEntry(endpoint, new Backoff(WAITS, rng), nowNanos));
    return true;
  }

  /**
   * The operator's config names these, and no others any more. One that left it, and the further
   * addresses of its name, are forgotten once no attempt and no adjacency keeps them.
   *
   * @return the candidates that are forgotten now
   */
  List<Endpoint> configure(List<Endpoint> named, long nowNanos) {
    for (CandidateEntry entry : entries.values()) {
      entry.isDropped = !entry.isLearned && !named.contains(entry.furtherOf.orElse(entry.endpoint));
    }
    List<Endpoint> gone = forgetDropped();
    named.forEach(endpoint -> offer(endpoint, nowNanos));
    changed();
    return gone;
  }

  private List<Endpoint> forgetDropped() {
    List<Endpoint> gone =
        entries.values().stream()
            .filter(entry -> entry.isDropped && !entry.isBusy())
            .map(entry -> entry.endpoint)
            .toList();
    gone.forEach(entries::remove);
    return gone;
  }

  /**
   * The name of a candidate has these further addresses now, each of which is a candidate, too. One
   * that it had before, and has no more, is forgotten unless it is connected or being dialled:
   * where nodes come back at new addresses, the old ones must not fill the table.
   *
   * @return the candidates that are forgotten
   */
  List<Endpoint> furtherAddresses(Endpoint name, List<Endpoint> addresses, long nowNanos) {
    CandidateEntry of = entries.get(name);
    if (of != null && of.isDropped) {
      return List.of();
    }
    List<Endpoint> gone =
        entries.values().stream()
            .filter(entry -> entry.furtherOf.filter(name::equals).isPresent())
            .filter(entry -> !entry.isBusy())
            .map(entry -> entry.endpoint)
            .filter(endpoint -> !addresses.contains(endpoint))
            .toList();
    gone.forEach(entries::remove);
    for (Endpoint address : addresses) {
      CandidateEntry known = entries.get(address);
      if ((known == null || known.isLearned) && offer(address, nowNanos)) {
        require(address).furtherOf = Optional.of(name);
      }
    }
    changed();
    return gone;
  }

  private CandidateEntry require(Endpoint endpoint) {
    CandidateEntry entry = entries.get(endpoint);
    if (entry == null) {
      throw new InvariantBroken("a candidate that was offered is in the table: " + endpoint);
    }
    return entry;
  }

  /**
   * A peer names these places, and no others any more: they are candidates of low trust, which the
   * operator's come before, and which have bounds of their own ({@link LearnedCandidates}).
   *
   * @param adjacent which node this one is adjacent to at a place, on a channel that is up
   * @return the candidates that are forgotten
   */
  List<Endpoint> named(
      HostAddress by,
      Collection<Endpoint> places,
      Function<Endpoint, Optional<PeerIdentity>> adjacent,
      long nowNanos) {
    changed();
    return learned.named(by, places, adjacent, nowNanos);
  }

  /** Forgets what no peer has named for long; to be asked now and then. */
  List<Endpoint> forgetOld(long nowNanos) {
    changed();
    return learned.forgetOld(nowNanos);
  }

  /** A channel to a node that has a session here is up: a learned place need not be tried. */
  void adjacentAt(Endpoint place, PeerIdentity peer, long nowNanos) {
    CandidateEntry entry = entries.get(place);
    if (entry != null && entry.isLearned && !entry.isBusy()) {
      entry.connected(peer, nowNanos);
      changed();
    }
  }

  /**
   * The candidates to dial now as far as the bounds on attempts allow, the operator's first, and of
   * these the longest waiting.
   */
  public List<Endpoint> due(long nowNanos) {
    List<CandidateEntry> due = new ArrayList<>();
    for (CandidateEntry entry : entries.values()) {
      if (entry.isWaiting() && nowNanos - entry.nextAttemptNanos >= 0) {
        due.add(entry);
      }
    }
    due.sort((a, b) -> Long.signum(a.nextAttemptNanos - b.nextAttemptNanos));
    List<Endpoint> chosen = new ArrayList<>();
    due.stream().filter(entry -> !entry.isLearned).forEach(entry -> chosen.add(entry.endpoint));
    due.stream()
        .filter(entry -> entry.isLearned)
        .limit(learned.mayDial(nowNanos))
        .forEach(entry -> chosen.add(entry.endpoint));
    return chosen.subList(0, Math.min(chosen.size(), Math.max(0, MAX_DIALING - dialing)));
  }

  /** When {@link #due} will next have something to give; empty when never. */
  public OptionalLong deadlineNanos() {
    if (isDeadlineOld) {
      isDeadlineOld = false;
      deadlineNanos = earliest();
    }
    return deadlineNanos;
  }

  private OptionalLong earliest() {
    OptionalLong earliest = OptionalLong.empty();
    if (dialing < MAX_DIALING) {
      for (CandidateEntry entry : entries.values()) {
        if (entry.isWaiting() && !(entry.isLearned && learned.isFull())) {
          long next = entry.nextAttemptNanos;
          next = entry.isLearned ? learned.notBefore(next) : next;
          earliest = ControlPlane.earlier(earliest, OptionalLong.of(next));
        }
      }
    }
    return earliest;
  }

  private void changed() {
    isDeadlineOld = true;
  }

  /** An attempt has begun. */
  public void dialStarted(Endpoint endpoint, long nowNanos) {
    CandidateEntry entry = entries.get(endpoint);
    if (entry == null) {
      return;
    }
    if (!entry.isWaiting()) {
      throw new InvariantBroken("a candidate is dialled only while it waits: " + endpoint);
    }
    changed();
    entry.state = CandidateEntry.State.DIALING;
    dialing++;
    if (entry.isLearned) {
      learned.dialStarted(nowNanos);
    }
  }

  private void dialEnded(CandidateEntry entry) {
    changed();
    dialing--;
    if (entry.isLearned) {
      learned.dialEnded();
    }
  }

  /** An attempt failed, before or in the handshake; the reason is shown to people. */
  public void dialFailed(Endpoint endpoint, String reason, long nowNanos) {
    CandidateEntry entry = entries.get(endpoint);
    if (entry != null && entry.state == CandidateEntry.State.DIALING) {
      dialEnded(entry);
      fail(entry, reason, nowNanos);
      forgetDropped();
    }
  }

  /** An attempt reached this node itself: the candidate is not dialled again. */
  public void wasOurselves(Endpoint endpoint) {
    CandidateEntry entry = entries.get(endpoint);
    if (entry != null && entry.state == CandidateEntry.State.DIALING) {
      dialEnded(entry);
      entry.state = CandidateEntry.State.SELF;
      entry.lastFailure = Optional.empty();
      forgetDropped();
    }
  }

  /** An attempt reached a peer that was admitted. */
  public void connected(Endpoint endpoint, PeerIdentity peer, long nowNanos) {
    CandidateEntry entry = entries.get(endpoint);
    if (entry != null && entry.state == CandidateEntry.State.DIALING) {
      dialEnded(entry);
      entry.connected(peer, nowNanos);
    }
  }

  /**
   * The adjacency with this identity has ended, or what was dialled did not become one: its
   * candidates are tried again.
   */
  public void adjacencyLost(HostAddress identity, String reason, long nowNanos) {
    for (CandidateEntry entry : entries.values()) {
      if (entry.state == CandidateEntry.State.CONNECTED && entry.isNode(identity)) {
        if (nowNanos - entry.connectedAtNanos >= STABLE_NANOS) {
          entry.backoff.reset();
        }
        entry.unnamedSinceNanos = nowNanos;
        fail(entry, reason, nowNanos);
      }
    }
    forgetDropped();
  }

  private void fail(CandidateEntry entry, String reason, long nowNanos) {
    entry.state = CandidateEntry.State.FAILED;
    entry.lastFailure = Optional.of(reason);
    entry.nextAttemptNanos = nowNanos + waitNanos(entry);
    changed();
  }

  private long waitNanos(CandidateEntry entry) {
    if (entry.peer.filter(peer -> isReflector.test(peer.name())).isPresent()) {
      return entry.backoff.afterFailureNanos(REFLECTOR_MOST_NANOS);
    }
    return entry.isLearned && entry.peer.isEmpty()
        ? entry.backoff.afterFailureNanos()
        : entry.backoff.afterFailureNanos(WAITS.mostNanos());
  }

  /**
   * A channel to the node with this identity has just come up: candidates at which it answered
   * before, and which wait after failures, are due now.
   */
  void isAlive(HostAddress identity, long nowNanos) {
    for (CandidateEntry entry : entries.values()) {
      if (entry.state == CandidateEntry.State.FAILED
          && entry.nextAttemptNanos - nowNanos > 0
          && entry.isNode(identity)) {
        entry.backoff.reset();
        entry.nextAttemptNanos = nowNanos;
        changed();
      }
    }
  }

  /**
   * The ports at which this very certificate answered, each once, as long as those candidates are
   * connected: hints for a session that came in, whose own remote port is not one to dial.
   */
  public List<Integer> portsOf(PeerIdentity peer) {
    return entries.values().stream()
        .filter(entry -> entry.state == CandidateEntry.State.CONNECTED)
        .filter(
            entry -> entry.peer.filter(p -> p.fingerprint().equals(peer.fingerprint())).isPresent())
        .map(entry -> entry.endpoint.port())
        .distinct()
        .toList();
  }

  /**
   * How many other nodes there are behind the candidates, as far as is known: one for each that has
   * not answered yet, and one for all at which the same node did. What peers name is not waited
   * for.
   */
  int expectedNodes() {
    Set<HostAddress> answered = new TreeSet<>();
    int unknown = 0;
    for (CandidateEntry entry : entries.values()) {
      if (entry.state == CandidateEntry.State.CONNECTED) {
        entry.peer.ifPresent(peer -> answered.add(peer.identity()));
      } else if (entry.state != CandidateEntry.State.SELF && !entry.isLearned) {
        unknown++;
      }
    }
    return answered.size() + unknown;
  }

  /** Every candidate, in the order in which they were first mentioned. */
  public List<CandidateView> view(long nowNanos) {
    return entries.values().stream().map(entry -> entry.view(nowNanos)).toList();
  }
}

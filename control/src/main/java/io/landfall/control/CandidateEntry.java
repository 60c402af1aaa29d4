package io.landfall.control;

import io.landfall.core.Backoff;
import io.landfall.core.HostAddress;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** One place where a node might be, and how trying it went. */
final class CandidateEntry {
  /** How far an attempt is. */
  enum State {
    /** It was not tried yet. */
    IDLE,
    /** An attempt is under way. */
    DIALING,
    /** A node answered, and its adjacency is live. */
    CONNECTED,
    /** The last attempt, or the adjacency that came of it, ended. */
    FAILED,
    /** It is this node. */
    SELF
  }

  final Endpoint endpoint;
  final Backoff backoff;
  State state = State.IDLE;
  long nextAttemptNanos;
  long connectedAtNanos;
  Optional<PeerIdentity> peer = Optional.empty();
  Optional<String> lastFailure = Optional.empty();

  /** The candidate of whose name this is a further address, and which alone mentions it. */
  Optional<Endpoint> furtherOf = Optional.empty();

  /** Whether it left the operator's config: it is forgotten once nothing keeps it. */
  boolean isDropped;

  /** Whether only peers named it: the operator did not. */
  boolean isLearned;

  /** The peers that name it, of a learned one. */
  final TreeSet<HostAddress> namedBy = new TreeSet<>();

  /** Since when no peer names it, and none is connected there. */
  long unnamedSinceNanos;

  CandidateEntry(Endpoint endpoint, Backoff backoff, long nowNanos) {
    this.backoff = backoff;
    this.endpoint = endpoint;
    this.nextAttemptNanos = nowNanos;
  }

  /**
   * Whether it is to be dialled some time. A place that peers have named, and name no more, is
   * tried on only if a node was found there.
   */
  boolean isWaiting() {
    return (state == State.IDLE || state == State.FAILED)
        && !isDropped
        && (!isLearned || !namedBy.isEmpty() || peer.isPresent());
  }

  /** Whether an attempt or an adjacency keeps it. */
  boolean isBusy() {
    return state == State.CONNECTED || state == State.DIALING;
  }

  boolean isNode(HostAddress identity) {
    return peer.filter(who -> who.identity().equals(identity)).isPresent();
  }

  /** The adjacency with this node is live; there is nothing to try. */
  void connected(PeerIdentity who, long nowNanos) {
    state = State.CONNECTED;
    peer = Optional.of(who);
    connectedAtNanos = nowNanos;
    lastFailure = Optional.empty();
  }

  CandidateView view(long nowNanos) {
    Optional<Long> next =
        isWaiting()
            ? Optional.of(Math.max(0, nextAttemptNanos - nowNanos) / 1_000_000L)
            : Optional.empty();
    return new CandidateView(
        endpoint,
        state.name().toLowerCase(Locale.ROOT),
        peer,
        new CandidateView.Attempts(lastFailure, backoff.failures(), next),
        isLearned ? Optional.of(List.copyOf(namedBy)) : Optional.empty());
  }
}

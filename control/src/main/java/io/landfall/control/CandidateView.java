package io.landfall.control;

import io.landfall.core.HostAddress;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.List;
import java.util.Optional;

/**
 * A candidate as a person sees it.
 *
 * @param endpoint where a node might be
 * @param state {@code idle}, {@code dialing}, {@code connected}, {@code failed} or {@code self}
 * @param peer who answered there when it was last verified
 * @param attempts how trying it went
 * @param namedBy the identities of the peers that name it, which may be none any more; empty when
 *     the operator named it
 */
public record CandidateView(
    Endpoint endpoint,
    String state,
    Optional<PeerIdentity> peer,
    Attempts attempts,
    Optional<List<HostAddress>> namedBy) {
  /** Copies the list. */
  public CandidateView {
    namedBy = namedBy.map(List::copyOf);
  }

  /**
   * How trying it went.
   *
   * @param lastFailure why the last attempt or adjacency ended, if it did
   * @param failures failed attempts in a row
   * @param nextInMillis how long until the next attempt, when one is planned
   */
  public record Attempts(Optional<String> lastFailure, int failures, Optional<Long> nextInMillis) {}

  /** Why the last attempt or adjacency ended, if it did. */
  public Optional<String> lastFailure() {
    return attempts.lastFailure;
  }

  /** Failed attempts in a row. */
  public int failures() {
    return attempts.failures;
  }

  /** How long until the next attempt, when one is planned. */
  public Optional<Long> nextAttemptInMillis() {
    return attempts.nextInMillis;
  }
}

package io.landfall.control;

import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.util.Optional;

/**
 * A candidate as a person sees it.
 *
 * @param endpoint where a node might be
 * @param state {@code idle}, {@code dialing}, {@code connected}, {@code failed} or {@code self}
 * @param peer who answered there when it was last verified
 * @param lastFailure why the last attempt or adjacency ended, if it did
 * @param failures failed attempts in a row
 * @param nextAttemptInMillis how long until the next attempt, when one is planned
 */
public record CandidateView(
    Endpoint endpoint,
    String state,
    Optional<PeerIdentity> peer,
    Optional<String> lastFailure,
    int failures,
    Optional<Long> nextAttemptInMillis) {}

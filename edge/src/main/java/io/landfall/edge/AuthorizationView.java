package io.landfall.edge;

import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What came of asking for one service whether its requests may go on.
 *
 * @param service the service
 * @param inFlight how many requests wait for the answer now
 * @param results how many there were, by what came of it
 * @param problem why no answer counts, if none of the last few did
 */
public record AuthorizationView(
    ServiceName service, long inFlight, Map<Result, Long> results, Optional<String> problem) {
  /** What came of one request. */
  public enum Result {
    /** It went on. */
    ALLOWED,
    /** The client got the answer of the authorization service. */
    DENIED,
    /** There was no answer that counts, and the client got 503. */
    FAILED,
    /** There was no answer that counts, and the request went on ({@code on-failure: allow}). */
    FAILED_OPEN
  }

  /** Copies the map. */
  public AuthorizationView {
    EnumMap<Result, Long> copy = new EnumMap<>(Result.class);
    copy.putAll(results);
    results = Collections.unmodifiableMap(copy);
  }
}

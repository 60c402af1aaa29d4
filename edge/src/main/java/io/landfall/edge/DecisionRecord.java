package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import java.util.Optional;

/**
 * One finished request, for {@code show decisions}.
 *
 * @param wallMillis when it ended, milliseconds since 1970
 * @param arrival who brought it
 * @param method its method
 * @param host the host asked for, lower case
 * @param path the path and query asked for, cut at {@link #MAX_PATH} characters
 * @param service the service it belonged to, empty when nobody answers for the host
 * @param reason why it was served, forwarded or declined; says the outcome too
 * @param target the backend or node that answered, or what went wrong; empty when declined at once
 * @param status the status that was sent
 * @param attempts how many backends and nodes were tried
 * @param durationMicros from the request's head to the end of the response
 */
public record DecisionRecord(
    long wallMillis,
    Arrival arrival,
    String method,
    String host,
    String path,
    Optional<ServiceName> service,
    Reason reason,
    String target,
    int status,
    int attempts,
    long durationMicros) {
  /** Longest path that is kept, in characters. */
  public static final int MAX_PATH = 200;
}

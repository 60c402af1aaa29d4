package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import java.util.Comparator;
import java.util.Optional;

/**
 * One finished request, for {@code show decisions}.
 *
 * @param ended when it ended
 * @param arrival who brought it
 * @param request what was asked for
 * @param reason why it was served, forwarded or declined; it has the outcome too
 * @param target the backend or node that answered, or what went wrong; empty when declined at once
 * @param status the status that was sent
 * @param attempts how many backends and nodes were tried
 * @param durationMicros from the request's head to the end of the response
 */
public record DecisionRecord(
    Ended ended,
    Arrival arrival,
    Asked request,
    Reason reason,
    String target,
    int status,
    int attempts,
    long durationMicros) {
  /** Longest path that is kept, in characters. */
  public static final int MAX_PATH = 200;

  /** The newest first, whatever the time of day was set to meanwhile. */
  public static final Comparator<DecisionRecord> NEWEST_FIRST =
      (one, other) -> Long.signum(other.ended.nanos - one.ended.nanos);

  /**
   * When it ended.
   *
   * @param wallMillis the time of day, milliseconds since 1970: for people
   * @param nanos a monotonic time: for their order
   */
  public record Ended(long wallMillis, long nanos) {}

  /** When it ended, milliseconds since 1970. */
  public long wallMillis() {
    return ended.wallMillis;
  }

  /**
   * What was asked for.
   *
   * @param method the method
   * @param host the host, lower case
   * @param path the path and query, cut at {@link #MAX_PATH} characters
   * @param service the service that they belong to, empty when none answers for the host
   */
  public record Asked(String method, String host, String path, Optional<ServiceName> service) {}
}

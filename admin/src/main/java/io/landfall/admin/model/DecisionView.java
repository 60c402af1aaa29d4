package io.landfall.admin.model;

import java.time.Instant;

/**
 * One request that was decided, as {@code show decisions} has it.
 *
 * @param time when
 * @param host the host asked for
 * @param path the path asked for
 * @param method the method
 * @param outcome {@code serve}, {@code forward} or {@code decline}
 * @param reason the reason's code
 * @param node the node that answered
 * @param status the status that the client got
 * @param millis from the request's head to the end of the response
 */
public record DecisionView(
    Instant time,
    String host,
    String path,
    String method,
    String outcome,
    String reason,
    String node,
    int status,
    double millis) {
  /** The same with the path up to its query. */
  public DecisionView withoutQuery() {
    int query = path.indexOf('?');
    return query < 0
        ? this
        : new DecisionView(
            time, host, path.substring(0, query), method, outcome, reason, node, status, millis);
  }
}

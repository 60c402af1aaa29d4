package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;

/**
 * One request that was decided, as {@code show decisions} has it.
 *
 * @param time when
 * @param asked what was asked for
 * @param answer what was answered
 * @param millis from the request's head to the end of the response
 */
public record DecisionView(
    Instant time, @Inline Asked asked, @Inline Answer answer, double millis) {
  /**
   * What was asked for.
   *
   * @param host the host
   * @param path the path
   * @param method the method
   */
  public record Asked(String host, String path, String method) {}

  /**
   * What was answered.
   *
   * @param outcome {@code serve}, {@code forward} or {@code decline}
   * @param reason the reason's code
   * @param node the node or backend (its address) that answered, {@code cache}, or what went wrong;
   *     empty if the request was declined at once
   * @param status the status that the client got
   */
  public record Answer(String outcome, String reason, String node, int status) {}

  /** The same with the path up to its query. */
  public DecisionView withoutQuery() {
    int query = asked.path.indexOf('?');
    return query < 0
        ? this
        : new DecisionView(
            time,
            new Asked(asked.host, asked.path.substring(0, query), asked.method),
            answer,
            millis);
  }
}

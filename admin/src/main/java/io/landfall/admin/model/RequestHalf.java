package io.landfall.admin.model;

import io.landfall.admin.json.Inline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A finished request as one node saw it: what it did with it, and which places it tried.
 *
 * @param time when it was over there
 * @param traceId the trace that it is part of (W3C Trace Context)
 * @param asked what was asked for, and by whom
 * @param outcome what was decided
 * @param answer what was answered
 * @param attempts the backends and nodes that were tried, in order
 */
public record RequestHalf(
    Instant time,
    String traceId,
    @Inline Asked asked,
    @Inline Outcome outcome,
    @Inline Answer answer,
    List<Attempt> attempts) {
  /** Copies the list. */
  public RequestHalf {
    attempts = List.copyOf(attempts);
  }

  /**
   * What was asked for, and by whom; long texts are cut.
   *
   * @param client the client's address
   * @param fromNode the node that forwarded it; empty if it landed here
   * @param method the method; empty for a connection to a TCP service
   * @param host the host
   * @param target path and query
   * @param protocol such as {@code HTTP/1.1} or {@code TCP}
   */
  public record Asked(
      String client,
      Optional<String> fromNode,
      String method,
      String host,
      String target,
      String protocol) {}

  /**
   * What was decided.
   *
   * @param service the service that answers for host and path; empty for none
   * @param outcome {@code serve}, {@code forward} or {@code decline}
   * @param reason the reason's code
   * @param upstream the backend or node that answered, {@code cache}, or what went wrong
   * @param byCache whether the cache fetched it for the request with this id
   * @param cacheStatus Cache-Status as it was sent (RFC 9211)
   */
  public record Outcome(
      Optional<String> service,
      String outcome,
      String reason,
      String upstream,
      boolean byCache,
      Optional<String> cacheStatus) {}

  /**
   * What was answered; times from the whole head of the request.
   *
   * @param status the status that was sent; 0 if the client left before
   * @param bytesSent bytes of the response's body
   * @param bytesReceived bytes of the request's body
   * @param durationMicros to the end of the response, microseconds
   * @param firstByteMicros to the head of the response, microseconds; empty if there was none
   */
  public record Answer(
      int status,
      long bytesSent,
      long bytesReceived,
      long durationMicros,
      OptionalLong firstByteMicros) {}

  /**
   * One place that was tried; times from the whole head of the request.
   *
   * @param place the backend's address, or the node's name
   * @param kind {@code backend} or {@code node}
   * @param status the status that it answered with; 0 for none
   * @param failure how it failed, and why; empty if it did not
   * @param during from when to when
   */
  public record Attempt(
      String place,
      String kind,
      int status,
      @Inline Optional<Failure> failure,
      @Inline During during) {}

  /**
   * How a place failed.
   *
   * @param failure its code, such as {@code CONNECT_TIMEOUT}
   * @param why the same as a sentence
   */
  public record Failure(String failure, String why) {}

  /**
   * From when to when.
   *
   * @param beganMicros when it began, microseconds
   * @param answeredMicros when the head of its response was here, microseconds; empty if there was
   *     none
   * @param endedMicros when it was over, microseconds
   */
  public record During(long beganMicros, OptionalLong answeredMicros, long endedMicros) {}
}

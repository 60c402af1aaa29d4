package io.landfall.edge;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import java.util.List;
import java.util.Optional;

/**
 * One request that is over, as this node saw it: for {@code explain --request}, and for spans.
 *
 * @param ids by what it is found again
 * @param asked what was asked for
 * @param decided why it went where it went
 * @param answer what was answered
 * @param times when
 * @param tried the backends and nodes that were tried, in order
 */
public record FinishedRequest(
    Ids ids, Asked asked, Decided decided, Answer answer, Times times, List<Tried> tried) {
  /** Copies the list. */
  public FinishedRequest {
    tried = List.copyOf(tried);
  }

  /**
   * By what it is found again.
   *
   * @param request its X-Request-ID
   * @param trace the trace that it is part of, 32 hexadecimal digits (W3C Trace Context)
   * @param span the span that it is at this node; 0 if it has none, for it is not sampled
   * @param parent the span in which it was sent; 0 if there is none
   */
  public record Ids(String request, String trace, long span, long parent) {}

  /**
   * Who asked.
   *
   * @param address the client's address; {@code -} if it is not known
   * @param from the node that forwarded it, if one did
   * @param protocol such as {@code HTTP/1.1}; {@code TCP} for a connection to a TCP service
   * @param cache whether the cache asked, for the client whose id it has
   */
  public record By(String address, Optional<NodeName> from, String protocol, boolean cache) {}

  /**
   * What was asked for; long texts are cut.
   *
   * @param by who asked
   * @param method the method
   * @param scheme the scheme in which the client reached the CDN
   * @param host the host, in lower case and without a port
   * @param target path and query
   */
  public record Asked(By by, String method, String scheme, String host, String target) {}

  /**
   * Why it went where it went.
   *
   * @param service its service, if it has one
   * @param reason why it was served, forwarded or declined; it has the outcome too
   * @param target the backend or node that answered, {@code cache}, or what went wrong; empty when
   *     it was declined at once
   */
  public record Decided(Optional<ServiceName> service, Reason reason, String target) {}

  /**
   * What was answered.
   *
   * @param status the status that was sent; 0 if the client left before
   * @param bytesSent bytes of the response's body
   * @param bytesReceived bytes of the request's body
   * @param cacheStatus Cache-Status as it was sent (RFC 9211), if it was
   */
  public record Answer(
      int status, long bytesSent, long bytesReceived, Optional<String> cacheStatus) {}

  /**
   * When.
   *
   * @param endWallMillis when it ended, milliseconds since 1970
   * @param micros how long it took, from its whole head
   * @param headMicros the same to the head of its response; -1 if there was none
   */
  public record Times(long endWallMillis, long micros, long headMicros) {}

  /**
   * A place that was tried.
   *
   * @param place the backend's address, or the node's name
   * @param isNode whether it is another node
   * @param status the status that it answered with; 0 for none
   * @param failure how it failed; empty if it did not
   * @param during from when to when
   * @param span the span that it is; 0 if it has none
   */
  public record Tried(
      String place,
      boolean isNode,
      int status,
      Optional<Failure> failure,
      During during,
      long span) {}

  /**
   * How a place failed.
   *
   * @param kind its name, such as {@code CONNECT_TIMEOUT}
   * @param why the same as a sentence
   */
  public record Failure(String kind, String why) {}

  /**
   * From when to when, in microseconds since the request's head.
   *
   * @param beganMicros when it began
   * @param answeredMicros when the head of its response was here; -1 if there was none
   * @param endedMicros when it was over
   */
  public record During(long beganMicros, long answeredMicros, long endedMicros) {}
}

package io.landfall.edge.h2;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.FailureKind;

/** How the stream of a forwarded request came to its end before its response was whole. */
enum StreamEnd {
  /** By itself: an end or a reset, or a connection that broke HTTP/2's rules. */
  ALONE,
  /** With its connection, whatever the request was. */
  WITH_CONNECTION,
  /** The other node has certainly not looked at it. */
  UNTOUCHED;

  /**
   * What that means for the request.
   *
   * @param headSeen whether the response had begun
   * @param resetRead whether the other node reset the stream
   * @param refused whether it did so with REFUSED_STREAM (RFC 9113 section 8.7)
   */
  AttemptFailure failure(boolean headSeen, boolean resetRead, boolean refused) {
    boolean untouched = this == UNTOUCHED;
    boolean withConnection = this == WITH_CONNECTION && !resetRead;
    FailureKind kind =
        untouched || refused
            ? FailureKind.STREAM_REFUSED
            : headSeen
                ? FailureKind.INCOMPLETE
                : withConnection ? FailureKind.STALE_CONNECTION : FailureKind.CLOSED;
    return new AttemptFailure(kind, untouched || (refused && resetRead));
  }
}

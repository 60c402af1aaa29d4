package io.landfall.edge.h2;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.FailureKind;
import io.netty.handler.codec.http2.Http2Error;

/** How the stream of a request came to its end before its response was whole. */
enum StreamEnd {
  /** By itself: an end or a reset, or a connection that broke HTTP/2's rules. */
  ALONE,
  /** With its connection, whatever the request was. */
  WITH_CONNECTION,
  /** The other end has certainly not looked at it. */
  UNTOUCHED;

  /**
   * What that means for the request.
   *
   * @param headSeen whether the response had begun
   * @param resetRead whether the other end reset the stream
   * @param refused whether it did so with REFUSED_STREAM (RFC 9113 section 8.7)
   * @param errorCode the code with which it did so
   */
  AttemptFailure failure(boolean headSeen, boolean resetRead, boolean refused, long errorCode) {
    boolean untouched = this == UNTOUCHED;
    boolean withConnection = this == WITH_CONNECTION && !resetRead;
    FailureKind kind =
        untouched || refused
            ? FailureKind.STREAM_REFUSED
            : headSeen
                ? FailureKind.INCOMPLETE
                : withConnection ? FailureKind.STALE_CONNECTION : FailureKind.CLOSED;
    return new AttemptFailure(kind, untouched || (refused && resetRead), passed(errorCode));
  }

  /**
   * The codes that report to a client on its request. The others are of this hop, or would mean
   * that the request is whole (NO_ERROR) or was not looked at (REFUSED_STREAM), and part of its
   * response has been passed on.
   */
  private static long passed(long errorCode) {
    boolean ofTheRequest =
        errorCode == Http2Error.CANCEL.code() || errorCode == Http2Error.ENHANCE_YOUR_CALM.code();
    return ofTheRequest ? errorCode : AttemptFailure.NO_CODE;
  }
}

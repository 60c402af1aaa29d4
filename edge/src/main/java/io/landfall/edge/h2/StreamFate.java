package io.landfall.edge.h2;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.FailureKind;
import io.netty.handler.codec.http2.Http2Error;

/** What the other end has done to the stream of a request, before that was closed. */
final class StreamFate {
  private boolean resetRead;
  private boolean refused;
  private boolean malformed;
  private long errorCode = AttemptFailure.NO_CODE;

  /**
   * The other end has reset it. Behind the end of the response that only refuses the rest of the
   * request, and what has arrived must not be discarded for it (RFC 9113 section 8.1).
   */
  void reset(long code, boolean inputEnded) {
    resetRead = !(inputEnded && code == Http2Error.NO_ERROR.code());
    refused = code == Http2Error.REFUSED_STREAM.code();
    errorCode = code;
  }

  /** What has come on it breaks a rule of HTTP/2. */
  void malformed() {
    malformed = true;
  }

  /** Whether a reset has ended it. */
  boolean isReset() {
    return resetRead;
  }

  /** What its end means for the request, whose response had begun or not. */
  AttemptFailure failure(StreamEnd end, boolean headSeen) {
    return malformed
        ? new AttemptFailure(FailureKind.BAD_RESPONSE, false)
        : end.failure(headSeen, resetRead, refused, errorCode);
  }
}

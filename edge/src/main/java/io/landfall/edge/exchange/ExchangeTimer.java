package io.landfall.edge.exchange;

import io.landfall.edge.EdgeTimeouts;
import org.jspecify.annotations.Nullable;

/** Since when nothing has happened in an exchange, and whether that is too long. */
final class ExchangeTimer {
  /** What an exchange waits for. */
  enum WaitingFor {
    /** A connection to the place. */
    CONNECTION,
    /** More of the request's body, from the client. */
    REQUEST_BODY,
    /** The head of the response. */
    RESPONSE_HEAD,
    /** More of the response's body, or the client to take it. */
    RESPONSE_BODY
  }

  /**
   * How much longer a landing node waits for the head of a response than the node that it forwarded
   * to: else both give up at once, and what the other one knows of the cause is lost.
   */
  private static final long FORWARD_MARGIN_MILLIS = 2_000;

  private long sinceNanos;

  /** Something has happened. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** What has not happened for longer than the configuration allows; null if there is time left. */
  @Nullable WaitingFor overdue(
      RequestRelay body, boolean responseBegun, Attempt attempt, EdgeTimeouts timeouts, long now) {
    WaitingFor what;
    if (!body.isReady()) {
      what = WaitingFor.CONNECTION;
    } else if (responseBegun) {
      what = WaitingFor.RESPONSE_BODY;
    } else {
      boolean wantsBody = !body.isEnded() && !body.isHeldByClient() && attempt.isWritable();
      what = wantsBody ? WaitingFor.REQUEST_BODY : WaitingFor.RESPONSE_HEAD;
    }
    long limitMillis =
        switch (what) {
          case CONNECTION -> timeouts.servers().peerConnectMillis();
          case REQUEST_BODY, RESPONSE_BODY -> timeouts.bodyIdleMillis();
          case RESPONSE_HEAD ->
              timeouts.servers().responseHeadMillis()
                  + (attempt.isForward() ? FORWARD_MARGIN_MILLIS : 0);
        };
    return (now - sinceNanos) / 1_000_000 > limitMillis ? what : null;
  }
}

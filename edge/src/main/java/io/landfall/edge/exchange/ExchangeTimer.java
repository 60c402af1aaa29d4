package io.landfall.edge.exchange;

import io.landfall.edge.EdgeSettings;
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

  /**
   * How long a cold node waits for a connection to a warm site, and then for the head of its
   * response, before it asks the origin: more than a round trip around the world takes, and little
   * beside what a client bears.
   */
  static final long WARM_MILLIS = 1_000;

  private final EdgeSettings settings;
  private final Downstream down;
  private long sinceNanos;
  private boolean brief;

  ExchangeTimer(EdgeSettings settings, Downstream down) {
    this.settings = settings;
    this.down = down;
  }

  /**
   * An attempt begins.
   *
   * @param isBrief whether another place is as good, so that it has {@link #WARM_MILLIS} only
   */
  void begun(boolean isBrief, long nowNanos) {
    brief = isBrief;
    sinceNanos = nowNanos;
  }

  /** Something has happened. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** Whether nothing has happened for longer than that. */
  boolean isOver(long limitMillis, long nowNanos) {
    return (nowNanos - sinceNanos) / 1_000_000 > limitMillis;
  }

  /** What has not happened for longer than the configuration allows; null if there is time left. */
  @Nullable WaitingFor overdue(
      RequestRelay body, boolean responseBegun, Attempt attempt, long now) {
    WaitingFor what;
    if (!body.isReady()) {
      what = WaitingFor.CONNECTION;
    } else if (responseBegun) {
      what = WaitingFor.RESPONSE_BODY;
    } else {
      boolean wantsBody = !body.isEnded() && !body.isHeldByClient() && attempt.isWritable();
      what = wantsBody ? WaitingFor.REQUEST_BODY : WaitingFor.RESPONSE_HEAD;
    }
    if (what == WaitingFor.RESPONSE_BODY && waitsForOthers(attempt)) {
      sinceNanos = now;
      return null;
    }
    return isOver(limitMillis(what, attempt), now) ? what : null;
  }

  /**
   * Whether others have the time that runs now: a fetch of the cache that is full waits for its
   * slowest reader, which has its own; a client that has taken all there is waits for the fetch,
   * which ends by itself when its origin is silent.
   */
  private boolean waitsForOthers(Attempt attempt) {
    return down instanceof FillDownstream
        ? !down.isWritable()
        : attempt.isOfCache() && down.isWritable();
  }

  private long limitMillis(WaitingFor what, Attempt attempt) {
    EdgeTimeouts timeouts = settings.timeouts();
    EdgeTimeouts.Servers servers = timeouts.servers();
    boolean untilHead = what == WaitingFor.CONNECTION || what == WaitingFor.RESPONSE_HEAD;
    if (brief && untilHead) {
      return WARM_MILLIS;
    }
    return switch (what) {
      // One that waits for a place ends at the limit of its queue, for example.
      case CONNECTION -> attempt.hasOwnLimit() ? Long.MAX_VALUE : servers.peerConnectMillis();
      case REQUEST_BODY, RESPONSE_BODY -> timeouts.bodyIdleMillis();
      case RESPONSE_HEAD -> {
        if (attempt.isOfCache()) {
          // The cache asks in its turn, and each try of that has its own time; one more is spare.
          long each =
              servers.peerConnectMillis() + servers.responseHeadMillis() + FORWARD_MARGIN_MILLIS;
          yield each * (settings.limits().attempts().maxAttempts() + 1L);
        }
        yield servers.responseHeadMillis() + (attempt.isForward() ? FORWARD_MARGIN_MILLIS : 0);
      }
    };
  }
}

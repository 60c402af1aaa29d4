package io.landfall.edge.h1;

import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.loop.WriteStall;
import io.netty.channel.Channel;

/**
 * What a client's connection waits for between requests, and since when. While an exchange is in
 * progress its own {@link WaitingFor} counts.
 */
final class ClientTimeouts {
  /** What to do with a connection. */
  enum Verdict {
    GO_ON,
    CLOSE,
    /** Bytes wait, and none has left for {@link EdgeTimeouts#bodyIdleMillis}. */
    RESET,
    HEAD_TOO_LATE
  }

  private final WriteStall stall = new WriteStall();
  private long sinceNanos;

  /** Waits from that time on. */
  ClientTimeouts(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** Something new is waited for. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
  }

  /** Judges a connection without an exchange, that lingers or is inside of a head or is idle. */
  Verdict look(
      Channel channel, boolean lingering, boolean inHead, long nowNanos, ClientConnections all) {
    EdgeTimeouts timeouts = all.runtime().settings().timeouts();
    if (stall.isOver(channel, nowNanos, timeouts.bodyIdleMillis())) {
      return Verdict.RESET;
    }
    if (stall.isWaiting() && !inHead) {
      // The last answer is still on its way, however slowly: only then the rest begins to count.
      sinceNanos = nowNanos;
      return Verdict.GO_ON;
    }
    long waitedNanos = nowNanos - sinceNanos;
    long waitedMillis = waitedNanos / 1_000_000;
    if (lingering) {
      return waitedNanos > LingeringClose.LINGER_NANOS ? Verdict.CLOSE : Verdict.GO_ON;
    }
    if (inHead) {
      return waitedMillis > timeouts.clients().requestHeadMillis()
          ? Verdict.HEAD_TOO_LATE
          : Verdict.GO_ON;
    }
    return waitedMillis > timeouts.clients().keepAliveMillis() || all.loop().isDraining()
        ? Verdict.CLOSE
        : Verdict.GO_ON;
  }
}

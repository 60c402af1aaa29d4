package io.landfall.edge.h1;

import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.WriteStall;
import io.netty.channel.Channel;

/**
 * What a client's connection waits for between requests, and since when. While an exchange is in
 * progress its own {@link WaitingFor} counts.
 */
final class ClientTimeouts {
  private final WriteStall stall = new WriteStall();
  private long sinceNanos;
  private long beganNanos;

  /** Waits from that time on. */
  ClientTimeouts(long nowNanos) {
    sinceNanos = nowNanos;
    beganNanos = nowNanos;
  }

  /** Something new is waited for. */
  void restart(long nowNanos) {
    sinceNanos = nowNanos;
    beganNanos = nowNanos;
  }

  /** A client that was answered for the last time still sends. */
  void stillSends(long nowNanos) {
    sinceNanos = Math.min(nowNanos, beganNanos + LingeringClose.MAX_LINGER_NANOS);
  }

  /** Whether such a client has had its time. */
  boolean hasLingered(long nowNanos) {
    return nowNanos - sinceNanos > LingeringClose.LINGER_NANOS;
  }

  /**
   * Looks after a connection without an exchange, that lingers or is inside of a head or is idle:
   * closes it if its time is over, and resets it if bytes wait and none has left for {@link
   * EdgeTimeouts#bodyIdleMillis}.
   *
   * @return whether its head has not arrived in time, which is to be answered
   */
  boolean isHeadTooLate(
      Channel channel, boolean lingering, boolean inHead, long nowNanos, ClientConnections all) {
    EdgeTimeouts timeouts = all.runtime().settings().timeouts();
    if (stall.isOver(channel, nowNanos, timeouts.bodyIdleMillis())) {
      all.runtime().counters().stalledConnections.increment();
      ChannelIo.reset(channel);
      return false;
    }
    if (stall.isWaiting() && !inHead) {
      // The last answer is still on its way, however slowly: only then the rest begins to count.
      restart(nowNanos);
      return false;
    }
    long waitedMillis = (nowNanos - sinceNanos) / 1_000_000;
    if (!lingering && inHead) {
      return waitedMillis > timeouts.clients().requestHeadMillis();
    }
    boolean over =
        lingering
            ? hasLingered(nowNanos)
            : waitedMillis > timeouts.clients().keepAliveMillis() || all.loop().isDraining();
    if (over) {
      ChannelIo.close(channel);
    }
    return false;
  }
}

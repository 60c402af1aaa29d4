package io.landfall.edge.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Notices a peer that reads nothing: bytes wait to be written to it, and none has left for too
 * long. Looked at with the loop's tick, so it costs a write nothing.
 */
public final class WriteStall {
  private boolean waits;
  private long sinceNanos;
  private int frontHash;
  private long frontProgress;
  private long waitingBytes;

  /** Whether bytes wait and none of them has left for longer than the limit. */
  public boolean isOver(Channel channel, long nowNanos, long limitMillis) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    Object front = waiting == null ? null : waiting.current();
    if (waiting == null || front == null) {
      waits = false;
      return false;
    }
    int hash = System.identityHashCode(front);
    long progress = waiting.currentProgress();
    long bytes = waiting.totalPendingWriteBytes();
    boolean moved = hash != frontHash || progress != frontProgress || bytes < waitingBytes;
    waitingBytes = bytes;
    if (!waits || moved) {
      waits = true;
      frontHash = hash;
      frontProgress = progress;
      sinceNanos = nowNanos;
    }
    return (nowNanos - sinceNanos) / 1_000_000 > limitMillis;
  }

  /** Whether bytes waited when it was looked at last. */
  public boolean isWaiting() {
    return waits;
  }
}

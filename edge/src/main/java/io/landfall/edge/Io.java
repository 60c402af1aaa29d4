package io.landfall.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.util.concurrent.Future;

/**
 * Netty operations whose future nobody waits for: if one fails, the channel fails, and that is what
 * its handler hears of.
 */
final class Io {
  private Io() {}

  /** Queues bytes, and takes them over. */
  static void write(ChannelOutboundInvoker to, ByteBuf bytes) {
    ignore(to.write(bytes, to.voidPromise()));
  }

  static void close(ChannelOutboundInvoker channel) {
    ignore(channel.close());
  }

  /** Says that a future is ignored on purpose. */
  static void ignore(Future<?> future) {
    assert future != null;
  }
}

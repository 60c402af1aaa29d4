package io.landfall.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty operations whose future nobody waits for: if one fails, the channel fails, and that is what
 * its handler hears of.
 */
final class Io {
  private static final Logger LOG = LoggerFactory.getLogger(Io.class);

  /** Failures that were neither the network's nor a peer's doing, since the process started. */
  static final LongAdder BUGS = new LongAdder();

  private Io() {}

  /** Queues bytes, and takes them over. */
  static void write(ChannelOutboundInvoker to, ByteBuf bytes) {
    ignore(to.write(bytes, to.voidPromise()));
  }

  static void close(ChannelOutboundInvoker channel) {
    ignore(channel.close());
  }

  /** Logs what is not the network's doing; what is, happens all day long. */
  static void logIfBug(Throwable cause, String where) {
    boolean network = cause instanceof IOException || cause instanceof DecoderException;
    if (!network) {
      BUGS.increment();
      LOG.atError().addKeyValue("where", where).setCause(cause).log("unexpected failure");
    }
  }

  /** Says that a future is ignored on purpose. */
  static void ignore(Future<?> future) {
    assert future != null;
  }
}

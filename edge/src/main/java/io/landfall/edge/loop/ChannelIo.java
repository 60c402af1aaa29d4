package io.landfall.edge.loop;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Netty operations whose future nobody waits for: if one fails, the channel fails, and that is what
 * its handler hears of.
 */
public final class ChannelIo {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelIo.class);

  /** The state CLOSED of RFC 9293 section 3.3.2, as Linux numbers it. */
  private static final int TCP_CLOSE = 7;

  /** Failures that were neither the network's nor a peer's doing, since the process started. */
  public static final LongAdder BUGS = new LongAdder();

  private ChannelIo() {}

  /** Queues bytes, and takes them over. */
  public static void write(ChannelOutboundInvoker to, ByteBuf bytes) {
    ignore(to.write(bytes, to.voidPromise()));
  }

  /** Reads on, or does not. */
  public static void read(Channel channel, boolean on) {
    if (channel.config().isAutoRead() != on) {
      channel.config().setAutoRead(on);
    }
  }

  /**
   * Whether the listener that accepted a connection is there no more: then its next answer is the
   * last one.
   */
  public static boolean hasLostListener(Channel channel) {
    Channel listener = channel.parent();
    return listener != null && !listener.isOpen();
  }

  /** Closes, now or when what was written before has left. */
  public static void close(ChannelOutboundInvoker channel) {
    ignore(channel.close());
  }

  /** Closes at once, past all handlers: TLS and HTTP/2 would send last messages first, and wait. */
  public static void closeNow(Channel channel) {
    ChannelHandlerContext first = channel.pipeline().firstContext();
    close(first == null ? channel : first);
  }

  /**
   * Closes at once, with a reset: what was written cannot be taken for whole. Past TLS, whose
   * close_notify before it would be a good end.
   */
  public static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    closeNow(channel);
  }

  /**
   * Whether the peer of a connection whose input has ended is gone altogether: a reset behind the
   * end of input shows in no read (Linux).
   */
  public static boolean isReset(Channel channel) {
    return channel instanceof EpollSocketChannel socket
        && socket.isActive()
        && socket.tcpInfo().state() == TCP_CLOSE;
  }

  /** Whether what was written has left, but for what the high-water mark allows to wait. */
  public static boolean isWritableOnceFlushed(ChannelHandlerContext context) {
    if (!context.channel().isWritable()) {
      context.flush();
    }
    return context.channel().isWritable();
  }

  /** Logs what is not the network's doing; what is, happens all day long. */
  public static void logIfBug(Throwable cause, String where) {
    boolean network = cause instanceof IOException || cause instanceof DecoderException;
    if (!network) {
      BUGS.increment();
      LOG.atError().addKeyValue("where", where).setCause(cause).log("unexpected failure");
    }
  }

  /**
   * On that event loop, now if this is its thread. A channel that could not be made at all reports
   * its failure on another one.
   */
  public static void on(EventExecutor loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /** Runs a task when a connection that is being opened has failed, or is closed. */
  public static void whenOver(ChannelFuture connecting, Runnable task) {
    ignore(
        connecting.addListener(
            done -> {
              if (done.isSuccess()) {
                ignore(connecting.channel().closeFuture().addListener(closed -> task.run()));
              } else {
                task.run();
              }
            }));
  }

  /** Says that a future is ignored on purpose. */
  public static void ignore(Future<?> future) {
    assert future != null;
  }
}

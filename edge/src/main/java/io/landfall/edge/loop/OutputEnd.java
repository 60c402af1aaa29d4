package io.landfall.edge.loop;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The end of our direction of a connection, behind all that was written. */
public final class OutputEnd {
  /** How often it is looked whether a peer still reads what was written before its end. */
  private static final long LOOK_MILLIS = 1_000;

  private OutputEnd() {}

  /**
   * Ends our direction alone: with close_notify where there is TLS, without which the end could be
   * an attacker's (RFC 8446 section 6.1), and with FIN.
   */
  public static void half(ChannelHandlerContext context) {
    ChannelIo.ignore(ended(context));
  }

  private static ChannelFuture ended(ChannelHandlerContext context) {
    Channel channel = context.channel();
    return context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(sent -> behindAll(channel, sent.isSuccess()));
  }

  private static void behindAll(Channel channel, boolean sent) {
    if (!sent || !(channel instanceof DuplexChannel duplex)) {
      ChannelIo.close(channel);
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      ChannelIo.ignore(duplex.shutdownOutput());
    } else {
      ChannelIo.ignore(
          tls.closeOutbound().addListener(f -> ChannelIo.ignore(duplex.shutdownOutput())));
    }
  }

  /**
   * Ends our direction alone, and closes some time after all that was written has left: what the
   * peer still sends until then must not make its system throw away what it was sent.
   *
   * @param lingerMillis that time
   * @param mostStallMillis as in {@link #whole}
   */
  public static void lingering(
      ChannelHandlerContext context, long lingerMillis, long mostStallMillis) {
    Channel channel = context.channel();
    ChannelFuture last = ended(context);
    ChannelIo.ignore(last.addListener(_ -> later(channel, lingerMillis, ChannelIo::close)));
    resetStalled(channel, last, mostStallMillis);
  }

  /**
   * Closes when what was written has left. Where the bytes have no framing, a peer would take a
   * close before that for the end of all: it is a reset.
   *
   * @param mostStallMillis after which a peer that takes nothing of it is given up
   */
  public static void whole(ChannelHandlerContext context, long mostStallMillis) {
    ChannelFuture last = context.writeAndFlush(Unpooled.EMPTY_BUFFER);
    ChannelIo.ignore(last.addListener(ChannelFutureListener.CLOSE));
    resetStalled(context.channel(), last, mostStallMillis);
  }

  private static void resetStalled(Channel channel, ChannelFuture last, long mostStallMillis) {
    if (!last.isDone()) {
      new Look(channel, last, mostStallMillis).again();
    }
  }

  private static void later(Channel channel, long millis, Consumer<Channel> action) {
    if (channel.isOpen()) {
      ChannelIo.ignore(
          channel
              .eventLoop()
              .schedule(() -> action.accept(channel), millis, TimeUnit.MILLISECONDS));
    }
  }

  /** Whether a peer takes anything of what waits for it, until all has left. */
  private static final class Look {
    private final Channel channel;
    private final ChannelFuture last;
    private final long mostStallMillis;
    private final WriteStall stall = new WriteStall();
    private long nanos;

    Look(Channel channel, ChannelFuture last, long mostStallMillis) {
      this.channel = channel;
      this.last = last;
      this.mostStallMillis = mostStallMillis;
    }

    void again() {
      later(channel, Math.min(LOOK_MILLIS, mostStallMillis), _ -> look());
    }

    private void look() {
      nanos += TimeUnit.MILLISECONDS.toNanos(Math.min(LOOK_MILLIS, mostStallMillis));
      if (last.isDone()) {
        return;
      }
      if (stall.isOver(channel, nanos, mostStallMillis)) {
        ChannelIo.reset(channel);
      } else {
        again();
      }
    }
  }
}

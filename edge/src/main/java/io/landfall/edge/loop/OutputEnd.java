package io.landfall.edge.loop;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/** The end of our direction of a connection, behind all that was written. */
public final class OutputEnd {
  /** How long a peer may take to read what was written before its connection is closed. */
  static final long CLOSE_MILLIS = 2_000;

  private OutputEnd() {}

  /**
   * Ends our direction alone: with close_notify where there is TLS, without which the end could be
   * an attacker's (RFC 8446 section 6.1), and with FIN.
   */
  public static void half(ChannelHandlerContext context) {
    Channel channel = context.channel();
    ChannelIo.ignore(
        context
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(sent -> behindAll(channel, sent.isSuccess())));
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

  /** Closes when what was written has left, and in any case after {@link #CLOSE_MILLIS}. */
  public static void whole(ChannelHandlerContext context) {
    Channel channel = context.channel();
    ChannelIo.ignore(
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    if (channel.isOpen()) {
      ChannelIo.ignore(
          channel
              .eventLoop()
              .schedule(() -> ChannelIo.close(channel), CLOSE_MILLIS, TimeUnit.MILLISECONDS));
    }
  }
}

package io.landfall.edge.h1;

import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.OutputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;

/**
 * The end of a client's connection: a lingering close, as nginx calls it. One that is closed while
 * the client may still be sending is closed in two steps (RFC 9112 section 9.6): our direction
 * first, under TLS with close_notify, then, after the client has had time to read the response, the
 * rest. Otherwise the system would answer the client's late bytes with a reset, and the client
 * might never see the response.
 */
final class LingeringClose {
  /** How long a client may take to read its response and close, once it sends nothing more. */
  static final long LINGER_NANOS = 2_000_000_000L;

  /** How long a client may go on sending what was answered already. */
  static final long MAX_LINGER_NANOS = 30_000_000_000L;

  /** What a client may still send meanwhile: it is read, and thrown away. */
  static final int MAX_LINGER_BYTES = 256 << 20;

  private int discardedBytes;
  private boolean begun;

  /** Nothing more is read as a request, whoever closes. */
  void begin() {
    begun = true;
  }

  /** Whether it has begun. */
  boolean isBegun() {
    return begun;
  }

  /** Throws away what comes late, and closes if it is too much. */
  void discard(ChannelHandlerContext context, ByteBuf bytes) {
    discardedBytes += bytes.readableBytes();
    bytes.release();
    if (discardedBytes > MAX_LINGER_BYTES) {
      ChannelIo.close(context);
    }
  }

  /**
   * Closes after what was written has left.
   *
   * @param inTwoSteps whether the client may still be sending
   */
  void start(ChannelHandlerContext context, boolean inTwoSteps) {
    begin();
    if (inTwoSteps) {
      context.channel().config().setAutoRead(true);
      if (context.channel() instanceof DuplexChannel) {
        OutputEnd.half(context);
      } else {
        context.flush();
      }
    } else {
      ChannelIo.ignore(
          context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE));
    }
  }
}

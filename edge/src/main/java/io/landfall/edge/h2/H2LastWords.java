package io.landfall.edge.h2;

import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandler;

/**
 * The end of a connection over HTTP/2, a lingering close as over HTTP/1.1 (RFC 9112 section 9.6):
 * our direction ends when all that was written has left, and the rest after the other end has had
 * time to read it. Closed at once, the system would answer its next frame, the window for what it
 * has just read, with a reset, and drop what it has not sent yet.
 */
final class H2LastWords {
  /** How long the other end may take to read and close, once it sends nothing more. */
  static final long LINGER_NANOS = 2_000_000_000L;

  /** How long it may go on sending. */
  static final long MAX_LINGER_NANOS = 30_000_000_000L;

  /** What it may still send meanwhile: it is read, and thrown away. */
  static final int MAX_LINGER_BYTES = 256 << 20;

  private final EdgeLoop loop;
  private boolean begun;
  private boolean haveLeft;
  private long beganNanos;
  private long sinceNanos;
  private int discardedBytes;

  /** Nothing has ended yet. */
  H2LastWords(EdgeLoop loop) {
    this.loop = loop;
  }

  /** Whether the last frame was written. */
  boolean haveBegun() {
    return begun;
  }

  /**
   * Writes a GOAWAY that gives the reason of an error, also behind those of a connection that
   * leaves: Netty would write none that names a later stream than they did.
   */
  static void goAway(H2ServerConnection from, Http2Exception why) {
    int named = from.connection().remote().lastStreamKnownByPeer();
    ChannelHandlerContext context = from.context();
    ChannelIo.ignore(
        from.encoder()
            .frameWriter()
            .writeGoAway(
                context,
                named < 0 ? Integer.MAX_VALUE : named,
                why.error().code(),
                Http2CodecUtil.toByteBuf(context, why),
                context.newPromise()));
  }

  /** Writes a GOAWAY without an error. */
  static void goodbye(H2ServerConnection from, int lastStreamId) {
    ChannelHandlerContext context = from.context();
    ChannelIo.ignore(
        from.goAway(
            context,
            lastStreamId,
            Http2Error.NO_ERROR.code(),
            Unpooled.EMPTY_BUFFER,
            context.newPromise()));
    from.flush(context);
  }

  /** Pushes out what waits, and ends our direction behind it. */
  void send(ChannelHandlerContext context) {
    begun = true;
    ChannelIo.read(context.channel(), true);
    ChannelIo.ignore(
        context
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(sent -> endDirection(context, sent.isSuccess())));
  }

  private void endDirection(ChannelHandlerContext context, boolean sent) {
    Channel channel = context.channel();
    if (!sent || !(channel instanceof DuplexChannel duplex)) {
      ChannelIo.close(context);
      return;
    }
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      endTcp(duplex);
    } else {
      // With close_notify, without which the end could be an attacker's (RFC 8446 section 6.1).
      ChannelIo.ignore(tls.closeOutbound().addListener(f -> endTcp(duplex)));
    }
  }

  private void endTcp(DuplexChannel channel) {
    haveLeft = true;
    beganNanos = loop.nowNanos();
    sinceNanos = beganNanos;
    ChannelIo.ignore(channel.shutdownOutput());
  }

  /** Throws away what comes late, and closes if it is too much. */
  void discard(ChannelHandlerContext context, ByteBuf bytes) {
    discardedBytes += bytes.readableBytes();
    bytes.release();
    sinceNanos = Math.min(loop.nowNanos(), beganNanos + MAX_LINGER_NANOS);
    if (discardedBytes > MAX_LINGER_BYTES) {
      ChannelIo.close(context);
    }
  }

  /** Closes if the other end has had its time, which begins when all has left. */
  void tick(ChannelHandlerContext context, long nowNanos) {
    if (haveLeft && nowNanos - sinceNanos > LINGER_NANOS) {
      ChannelIo.close(context);
    }
  }
}

package io.landfall.edge.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a client's connection turned out to be HTTP/2: by ALPN (RFC 9113 section 3.2), or with prior
 * knowledge by its preface (sections 3.3 and 3.4), whose start reads like the head of a request.
 */
final class Http2Start {
  private static final byte[] REQUEST_LINE =
      "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);

  private Http2Start() {}

  /** Whether the lines of a head are the start of the preface. */
  static boolean isPreface(byte[] lines) {
    return Arrays.equals(lines, REQUEST_LINE);
  }

  /**
   * What has arrived: nothing, or the preface, whose start was cut off, and what stands behind
   * that; the rest is let go.
   */
  static ByteBuf of(ByteBufAllocator allocator, ReceivedBytes rest) {
    ByteBuf behind = rest.get();
    if (behind == null) {
      return Unpooled.EMPTY_BUFFER;
    }
    int cut = REQUEST_LINE.length + 2;
    ByteBuf whole =
        allocator
            .buffer(cut + behind.readableBytes())
            .writeBytes(Http2CodecUtil.connectionPrefaceBuf(), cut)
            .writeBytes(behind);
    rest.release();
    return whole;
  }

  /** Whether an event of a connection is the end of its handshake. */
  static boolean isShaken(Object event) {
    return event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess();
  }

  /** Whether HTTP/2 was agreed on in the handshake that has ended. */
  static boolean isAgreed(ChannelPipeline pipeline) {
    SslHandler tls = pipeline.get(SslHandler.class);
    return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
  }
}

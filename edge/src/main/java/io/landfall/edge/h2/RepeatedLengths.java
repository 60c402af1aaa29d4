package io.landfall.edge.h2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.logging.LogLevel;
import java.util.List;

/**
 * Makes heads malformed that repeat their Content-Length, also where all are alike: RFC 9110
 * section 8.6 lets a recipient refuse them, as HTTP/1.1 does here. Netty's decoder of frames writes
 * one value in their place before it hands the head on (DefaultHttp2ConnectionDecoder), so no rule
 * in {@link H2Heads} can see them, and this stands where Netty would log frames.
 */
final class RepeatedLengths extends Http2FrameLogger {
  /** What the decoder refuses, with PROTOCOL_ERROR on the stream. */
  private static final String MALFORMED = "repeated";

  RepeatedLengths() {
    super(LogLevel.TRACE);
  }

  @Override
  public boolean isEnabled() {
    return false;
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int padding,
      boolean ended) {
    check(direction, headers);
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext context,
      int streamId,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean ended) {
    check(direction, headers);
  }

  private static void check(Direction direction, Http2Headers headers) {
    if (direction == Direction.INBOUND && headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      List<CharSequence> all = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
      if (all.size() > 1 || all.getFirst().toString().indexOf(',') >= 0) {
        headers.set(HttpHeaderNames.CONTENT_LENGTH, MALFORMED);
      }
    }
  }
}

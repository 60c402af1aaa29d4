package io.landfall.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What this node asks another one on a {@link ForwardChannel}: a POST whose scheme no request of a
 * client has, with a short body and a short answer. On the channel's event loop.
 */
public final class PeerQuestion {
  private static final String OK = "200";

  private final Http2FrameCodec codec;

  /** The stream of the question under way. */
  private @Nullable Http2FrameStream stream;

  private Answer answer = Answer.NONE;
  private int mostBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  PeerQuestion(Http2FrameCodec codec) {
    this.codec = codec;
  }

  /**
   * A question.
   *
   * @param scheme the {@code :scheme} that marks it
   * @param node who is asked
   * @param bytes what is asked
   * @param mostBytes the longest answer that is taken
   */
  public record Asked(String scheme, String node, byte[] bytes, int mostBytes) {}

  /** What came of a question. */
  public interface Answer {
    /** For none. */
    Answer NONE =
        new Answer() {
          @Override
          public void came(byte[] bytes) {}

          @Override
          public void failed(String why) {}
        };

    /** The answer is whole. */
    void came(byte[] bytes);

    /** There is none. */
    void failed(String why);
  }

  void ask(ChannelHandlerContext context, Asked asked, Answer to) {
    giveUp(context, "another question came");
    Http2FrameStream opened = codec.newStream();
    stream = opened;
    answer = to;
    mostBytes = asked.mostBytes();
    body.reset();
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(asked.scheme())
            .authority(asked.node())
            .path("/");
    var _ = context.write(new DefaultHttp2HeadersFrame(headers, false).stream(opened));
    context
        .writeAndFlush(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(asked.bytes()), true).stream(opened))
        .addListener(
            written -> {
              if (!written.isSuccess() && opened.equals(stream)) {
                fail("it cannot be sent");
              }
            });
  }

  private void giveUp(ChannelHandlerContext context, String why) {
    Http2FrameStream before = stream;
    if (before != null) {
      var _ = context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(before));
      fail(why);
    }
  }

  /** A frame of some stream. */
  void read(ChannelHandlerContext context, Http2StreamFrame frame) {
    Http2FrameStream from = frame.stream();
    if (frame instanceof Http2DataFrame data && from != null) {
      int bytes = data.initialFlowControlledBytes();
      var _ = context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(from));
    }
    if (from == null || !from.equals(stream)) {
      return;
    }
    switch (frame) {
      case Http2HeadersFrame head -> {
        CharSequence status = head.headers().status();
        if (status != null && !OK.contentEquals(status)) {
          giveUp(context, "it answers " + status);
        } else if (head.isEndStream()) {
          done();
        }
      }
      case Http2DataFrame data -> {
        ByteBuf content = data.content();
        if (body.size() + content.readableBytes() > mostBytes) {
          giveUp(context, "its answer is too long");
          return;
        }
        byte[] piece = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), piece);
        body.write(piece, 0, piece.length);
        if (data.isEndStream()) {
          done();
        }
      }
      case Http2ResetFrame reset -> fail("it reset the question: " + reset.errorCode());
      default -> {
        // Window updates and the like.
      }
    }
  }

  private void done() {
    Answer to = answer;
    stream = null;
    answer = Answer.NONE;
    to.came(body.toByteArray());
  }

  /** The question under way is not answered. */
  void fail(String why) {
    if (stream != null) {
      Answer to = answer;
      stream = null;
      answer = Answer.NONE;
      to.failed(why);
    }
  }
}

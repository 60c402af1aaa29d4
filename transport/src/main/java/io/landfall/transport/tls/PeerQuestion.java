package io.landfall.transport.tls;

import io.landfall.core.SocketText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What this node asks another one on a {@link ForwardChannel}: a POST whose scheme no request of a
 * client has, with a short body and a short answer. One is under way at most. On the channel's
 * event loop.
 */
public final class PeerQuestion {
  private static final String OK = "200";

  private final Channel channel;
  private @Nullable Pending pending;

  PeerQuestion(Channel channel) {
    this.channel = channel;
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
    /** The answer is whole. */
    void came(byte[] bytes);

    /** There is none. */
    void failed(String why);
  }

  void ask(Asked asked, Answer answer) {
    fail("another question came");
    Pending made = new Pending(asked, answer);
    pending = made;
    new Http2StreamChannelBootstrap(channel)
        .handler(made)
        .open()
        .addListener((Future<Http2StreamChannel> opened) -> made.opened(opened));
  }

  /** The question under way is not answered. */
  void fail(String why) {
    Pending current = pending;
    if (current != null) {
      current.end(why);
    }
  }

  /** One question, on a stream of its own. */
  private final class Pending extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final Asked asked;
    private final Answer answer;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable Channel stream;

    Pending(Asked asked, Answer answer) {
      this.asked = asked;
      this.answer = answer;
    }

    void opened(Future<Http2StreamChannel> future) {
      if (!future.isSuccess()) {
        end(SocketText.why(future.cause()));
        return;
      }
      Http2StreamChannel open = future.getNow();
      stream = open;
      if (pending != this) {
        var _ = open.close();
        return;
      }
      Http2Headers headers =
          new DefaultHttp2Headers()
              .method("POST")
              .scheme(asked.scheme())
              .authority(asked.node())
              .path("/");
      var _ = open.write(new DefaultHttp2HeadersFrame(headers, false));
      open.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(asked.bytes()), true))
          .addListener(
              written -> {
                if (!written.isSuccess()) {
                  end("it cannot be sent");
                }
              });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
      if (frame instanceof Http2HeadersFrame head) {
        CharSequence status = head.headers().status();
        if (status != null && !OK.contentEquals(status)) {
          end("it answers " + status);
        } else if (head.isEndStream()) {
          done();
        }
      } else if (frame instanceof Http2DataFrame data) {
        take(data.content());
        if (data.isEndStream()) {
          done();
        }
      }
    }

    private void take(ByteBuf content) {
      if (body.size() + content.readableBytes() > asked.mostBytes()) {
        end("its answer is too long");
        return;
      }
      byte[] piece = new byte[content.readableBytes()];
      content.getBytes(content.readerIndex(), piece);
      body.write(piece, 0, piece.length);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end("the stream ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(SocketText.why(cause));
    }

    private void done() {
      if (pending == this) {
        pending = null;
        answer.came(body.toByteArray());
      }
    }

    /** There is no answer; called once. The stream is reset if it is still open. */
    void end(String why) {
      if (pending == this) {
        pending = null;
        Channel open = stream;
        if (open != null) {
          var _ = open.close();
        }
        answer.failed(why);
      }
    }
  }
}

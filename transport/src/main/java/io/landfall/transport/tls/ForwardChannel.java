package io.landfall.transport.tls;

import io.landfall.core.SocketText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection to another node's overlay port that is held open with HTTP/2 PING (RFC 9113 section
 * 6.7): the same port, handshake and protocol that forwarded requests use, so while it answers,
 * they would get there. It carries no request of a client; the node itself asks the other one on it
 * ({@link #ask}).
 *
 * <p>Up with the first answer; over when the connection ends, or when answers stay away for {@link
 * #SILENCE_MILLIS}, or when the other node says GOAWAY. It is told once.
 */
public final class ForwardChannel {
  /** The time between two PINGs: as a BGP session's keepalives. */
  public static final long PING_MILLIS = 3_000;

  /** Without an answer for so long, the node is not there: as a BGP session's hold time. */
  public static final long SILENCE_MILLIS = 9_000;

  /** What happens to a channel; on the channel's event loop. */
  public interface Events {
    /** The other node answers. */
    void up();

    /** The other node takes no more requests here; it is closed. */
    void left(String why);

    /** It is over in any other way, and closed. */
    void over(String why);
  }

  private final Channel channel;
  private final PeerQuestion question;
  private final PeerQuestion beside;
  private final PeerQuestion byOperator;

  private ForwardChannel(Channel channel) {
    this.channel = channel;
    this.question = new PeerQuestion(channel);
    this.beside = new PeerQuestion(channel);
    this.byOperator = new PeerQuestion(channel);
  }

  /** Takes over a connection whose handshake is done and whose peer is proved. */
  public static ForwardChannel hold(Channel channel, Events events) {
    ForwardChannel held = new ForwardChannel(channel);
    channel
        .pipeline()
        .addLast(
            Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
                .build(),
            // No stream of the other end: push is off.
            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
            new Pings(events, List.of(held.question, held.beside, held.byOperator)));
    return held;
  }

  /**
   * Asks the other node itself something, not a service of it. One question is under way at most:
   * an earlier one is given up, and fails. On the channel's event loop.
   *
   * @param question what is asked: the scheme that marks it, and the bytes
   * @param answer is called once, on the channel's event loop
   */
  public void ask(PeerQuestion.Asked question, PeerQuestion.Answer answer) {
    this.question.ask(question, answer);
  }

  /**
   * Asks another thing, which gives up none of {@link #ask}: of these one is under way at most too.
   * On the channel's event loop.
   */
  public void askBeside(PeerQuestion.Asked what, PeerQuestion.Answer answer) {
    beside.ask(what, answer);
  }

  /**
   * Asks what an operator wants to know, which gives up none of the others: of these one is under
   * way at most too. On the channel's event loop.
   */
  public void askForOperator(PeerQuestion.Asked what, PeerQuestion.Answer answer) {
    byOperator.ask(what, answer);
  }

  /** Closes it; the reason comes back with {@link Events#over}. */
  public void close(String why) {
    channel.pipeline().fireUserEventTriggered(new Ending(why));
  }

  private record Ending(String why) {}

  private static final class Pings extends SimpleChannelInboundHandler<Object> {
    private final Events events;
    private final List<PeerQuestion> questions;
    private @Nullable Future<?> next;
    private long answeredNanos;
    private long number;
    private boolean up;
    private boolean over;

    Pings(Events events, List<PeerQuestion> questions) {
      super(false);
      this.events = events;
      this.questions = questions;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      answeredNanos = System.nanoTime();
      ping(context);
    }

    private void ping(ChannelHandlerContext context) {
      if (over) {
        return;
      }
      if (System.nanoTime() - answeredNanos > TimeUnit.MILLISECONDS.toNanos(SILENCE_MILLIS)) {
        end(context, "it has not answered for " + SILENCE_MILLIS / 1000 + " s");
        return;
      }
      var _ = context.writeAndFlush(new DefaultHttp2PingFrame(++number));
      next = context.executor().schedule(() -> ping(context), PING_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object frame) {
      try {
        if (frame instanceof Http2PingFrame ping && ping.ack()) {
          answeredNanos = System.nanoTime();
          if (!up && !over) {
            up = true;
            events.up();
          }
        } else if (frame instanceof Http2GoAwayFrame) {
          end(context, () -> events.left("it takes no more requests"));
        }
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof Ending(String why)) {
        end(context, why);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end(context, "the connection ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(context, SocketText.why(cause));
    }

    private void end(ChannelHandlerContext context, String why) {
      end(context, () -> events.over(why));
    }

    private void end(ChannelHandlerContext context, Runnable told) {
      if (over) {
        return;
      }
      over = true;
      Future<?> waiting = next;
      if (waiting != null) {
        waiting.cancel(false);
      }
      var _ = context.close();
      questions.forEach(each -> each.fail("the channel is over"));
      told.run();
    }
  }
}

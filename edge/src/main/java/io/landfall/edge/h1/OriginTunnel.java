package io.landfall.edge.h1;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.Upgrades;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ConnectionHandler;
import io.landfall.edge.loop.OutputEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.io.IOException;

/**
 * A connection to a backend that has switched protocols: bytes in both directions, each until its
 * sender ends it. It has left the pool for good. The end of TLS by the backend (close_notify) ends
 * both; an end of the connection without it may be an attacker's, and breaks the tunnel off.
 */
final class OriginTunnel extends ConnectionHandler implements OriginCarrier {
  /** What stands for the answer of a backend that gives none. */
  private static final ResponseHead TCP =
      new ResponseHead(
          ResponseHead.SWITCHING_PROTOCOLS, new FieldLines(0), Framing.NONE, true, false);

  private final OriginPool pool;
  private final OriginAttempt attempt;
  private final ReceivedBytes received = new ReceivedBytes();
  private boolean endReported;
  private boolean outputEnded;
  private boolean tlsEnded;
  private boolean broken;
  private boolean closed;
  private boolean processing;
  private boolean over;

  private OriginTunnel(OriginPool pool, OriginAttempt attempt) {
    this.pool = pool;
    this.attempt = attempt;
  }

  /**
   * A backend has answered with 101: takes the connection over from its handler, if that is what it
   * was asked for.
   *
   * @param rest what was received behind the response's head, which is taken over
   */
  static void begin(
      OriginConnection from, OriginAttempt attempt, ResponseHead response, ByteBuf rest) {
    OriginPool pool = from.pool();
    Exchange exchange = attempt.exchange();
    AsciiString asked = exchange.upgrade();
    if (asked == null || !Upgrades.isAcceptance(exchange.request(), asked, response.fields())) {
      // The key is the client's: nothing is held against the backend.
      rest.release();
      pool.abandoned();
      from.discard();
      attempt.failed(new AttemptFailure(FailureKind.UPGRADE_FAILED, false));
      return;
    }
    open(from, attempt, response, rest);
  }

  /** A connection to a backend of a TCP service is a tunnel from its first byte on. */
  static void begin(OriginConnection from, OriginAttempt attempt) {
    attempt.exchange().ready(attempt);
    open(from, attempt, TCP, Unpooled.EMPTY_BUFFER);
  }

  private static void open(
      OriginConnection from, OriginAttempt attempt, ResponseHead response, ByteBuf rest) {
    OriginPool pool = from.pool();
    OriginTunnel made = new OriginTunnel(pool, attempt);
    Channel channel = from.channel();
    if (channel.pipeline().get(SslHandler.class) == null) {
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }
    channel.pipeline().addLast(made);
    channel.pipeline().remove(from);
    pool.tunnelled();
    attempt.attach(made);
    attempt.exchange().switched(attempt, response);
    if (rest.isReadable()) {
      made.channelRead(made.context(), rest);
    } else {
      rest.release();
    }
  }

  private Exchange exchange() {
    return attempt.exchange();
  }

  // ---- to the backend ----

  @Override
  public void writeBody(ByteBuf data) {
    ChannelIo.write(channel(), data);
  }

  @Override
  public void writeEnd() {
    if (outputEnded) {
      return;
    }
    outputEnded = true;
    if (endReported) {
      finish();
    } else {
      OutputEnd.half(context());
    }
  }

  /** Both directions have ended. */
  private void finish() {
    over = true;
    pool.abandoned();
    attempt.detach();
    OutputEnd.whole(context(), pool.mostStallMillis());
  }

  @Override
  public void abandon() {
    over = true;
    pool.abandoned();
    received.release();
    ChannelIo.reset(channel());
  }

  @Override
  public void endInOrder() {
    received.release();
    finish();
  }

  // ---- from the backend ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (over) {
      bytes.release();
      return;
    }
    received.add(context.alloc(), bytes);
    process();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (!over) {
      exchange().flushDownstream();
    }
  }

  @Override
  public void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      pass();
    } finally {
      processing = false;
    }
    if (!over) {
      ChannelIo.read(channel(), !received.isReadable() && exchange().isDownstreamWritable());
    }
  }

  private void pass() {
    // What a closed channel left behind is little, and cannot be left there.
    while (!over && received.isReadable() && (closed || exchange().isDownstreamWritable())) {
      exchange().data(attempt, received.take());
    }
    if (!over && received.isOver() && !endReported) {
      endReported = true;
      if (outputEnded) {
        finish();
      }
      exchange().end(attempt);
      if (!over && tlsEnded) {
        // The TLS library takes nothing to be sent any more.
        finish();
        exchange().failed(attempt, new AttemptFailure(FailureKind.CLOSED, false));
      }
    }
  }

  private void inputEnds() {
    received.end();
    process();
    channelReadComplete(context());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (!over && context.channel().isWritable()) {
      exchange().upstreamWritable(attempt);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      if (broken) {
        ChannelIo.close(context);
      } else {
        inputEnds();
      }
    } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      tlsEnded = true;
      inputEnds();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    process();
    if (!over) {
      over = true;
      pool.abandoned();
      // Behind the end of its direction this is no failure of the tunnel: see the exchange.
      attempt.failed(
          new AttemptFailure(endReported ? FailureKind.CLOSED : FailureKind.INCOMPLETE, false));
    }
    received.release();
  }

  /** A write that failed does not take away what has arrived: that is read to its end. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelIo.logIfBug(cause, "a backend's tunnel");
    broken = true;
    if (!(cause instanceof IOException)) {
      ChannelIo.close(context);
    }
  }
}

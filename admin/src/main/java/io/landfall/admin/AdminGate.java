package io.landfall.admin;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * Lets the bytes of one request after the other into a connection's codec (RFC 9112 section 9.3).
 *
 * <p>There is no pipelining: what arrives while a request is being answered is thrown away, and the
 * connection ends with that answer, so a client repeats what it had sent behind (section 9.3.2).
 */
final class AdminGate extends ChannelInboundHandlerAdapter {
  /** How long a client may take to send its request, from one byte to the next. */
  static final int REQUEST_TIMEOUT_SECONDS = 10;

  /**
   * How long a connection is kept without a byte of a next request; longer than the usual interval
   * of scrapes, a minute.
   */
  static final int IDLE_TIMEOUT_SECONDS = 120;

  /** Requests on one connection, which ends with the answer to the last one. */
  static final int MAX_REQUESTS = 1_000;

  private enum State {
    /** A request may come. */
    WAITING,
    /** One has come and is being answered. */
    ANSWERING,
    /** The same, by a stream, which ends when its reader does. */
    STREAMING,
    /** No request is taken any more, and what comes is thrown away. */
    ENDING
  }

  private final AdminConnections connections;
  private State state = State.WAITING;
  private int requests;
  private boolean idle;
  private boolean last;

  /** The gate of one new connection. */
  AdminGate(AdminConnections connections) {
    this.connections = connections;
  }

  /** Whether a request may come: none is being answered. */
  boolean isOpen() {
    return state == State.WAITING;
  }

  /** A whole request has come, and is answered. */
  void begin(ChannelHandlerContext context) {
    state = State.ANSWERING;
    requests++;
    last |= requests >= MAX_REQUESTS;
    connections.asked(context.channel());
    context.pipeline().remove(ReadTimeoutHandler.class);
  }

  /** It is answered by a stream. */
  void streams() {
    state = State.STREAMING;
  }

  /** No request is taken any more; the time for one goes on. */
  void refuse() {
    state = State.ENDING;
  }

  /** The request that is being answered is the connection's last one. */
  void last() {
    last = true;
  }

  /** Whether the request that is being answered is the last one. */
  boolean isLast() {
    return last;
  }

  /** The answer is written: the next request may come, or the connection ends. */
  void answered(ChannelHandlerContext context) {
    if (last || !context.channel().isActive()) {
      state = State.ENDING;
      var _ = context.close();
      return;
    }
    state = State.WAITING;
    idle = true;
    connections.answered(context.channel());
    context.pipeline().addFirst(new ReadTimeoutHandler(IDLE_TIMEOUT_SECONDS));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (state != State.WAITING) {
      last = true;
      var _ = ReferenceCountUtil.release(message);
      return;
    }
    if (idle) {
      idle = false;
      context
          .pipeline()
          .replace(ReadTimeoutHandler.class, null, new ReadTimeoutHandler(REQUEST_TIMEOUT_SECONDS));
    }
    context.fireChannelRead(message);
  }

  /** A client may end its half of the connection after its request, and gets its answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      last = true;
      if (state != State.ANSWERING) {
        var _ = context.close();
      }
    }
    context.fireUserEventTriggered(event);
  }
}

package io.landfall.edge.server;

import io.landfall.core.FailureText;
import io.landfall.core.OwnLimit;
import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers accepted connections only after the event loop has worked through the events that it
 * got from the system in one go. For {@code ServerBootstrap.handler} of every listener on the
 * edge's event loops.
 *
 * <p>Why: epoll reports events by descriptor number, and Netty finds the channel by it. Where one
 * connection's event closes another connection (which a proxy does all day), and a new socket gets
 * the number that became free, an event of the old socket that waits in the same batch would reach
 * the new one: a connection that was just accepted would be told that its client hung up. Tasks run
 * between batches, so a socket that enters the loop by a task cannot meet a stale event. New
 * outgoing connections are opened from tasks for the same reason.
 */
@ChannelHandler.Sharable
public final class LateAccept extends ChannelInboundHandlerAdapter {
  /** The handler; its only state is when it has logged last. */
  public static final LateAccept INSTANCE = new LateAccept();

  private static final Logger LOG = LoggerFactory.getLogger(LateAccept.class);

  /** How long nothing is accepted behind a failure, as Netty has it. */
  private static final long PAUSE_MILLIS = 1_000;

  /** A line in so long; all listeners fail together. */
  private static final long LOG_NANOS = 60_000_000_000L;

  private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());

  private LateAccept() {}

  /**
   * A connection cannot be accepted, since the process or its machine has no file descriptor or
   * buffer for it: it waits in the queue of the system. Netty would pause too, and log each
   * failure.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    Channel listener = context.channel();
    if (!OwnLimit.isReached(cause) || !listener.config().isAutoRead()) {
      super.exceptionCaught(context, cause);
      return;
    }
    listener.config().setAutoRead(false);
    ChannelIo.ignore(
        listener
            .eventLoop()
            .schedule(
                () -> listener.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    long now = System.nanoTime();
    long next = nextLogNanos.get();
    if (now - next >= 0 && nextLogNanos.compareAndSet(next, now + LOG_NANOS)) {
      LOG.atWarn()
          .addKeyValue("listener", String.valueOf(listener.localAddress()))
          .addKeyValue("why", FailureText.of(cause))
          .log("connections cannot be accepted");
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    context.executor().execute(() -> context.fireChannelRead(accepted));
  }
}

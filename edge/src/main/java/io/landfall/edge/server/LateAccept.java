package io.landfall.edge.server;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

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
  /** The handler; it has no state. */
  public static final LateAccept INSTANCE = new LateAccept();

  private LateAccept() {}

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    context.executor().execute(() -> context.fireChannelRead(accepted));
  }
}

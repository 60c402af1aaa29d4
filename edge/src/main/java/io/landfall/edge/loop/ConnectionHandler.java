package io.landfall.edge.loop;

import static java.util.Objects.requireNonNull;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** A handler of one connection that is used also from elsewhere than its channel's events. */
public abstract class ConnectionHandler extends ChannelInboundHandlerAdapter {
  private @Nullable ChannelHandlerContext ctx;

  /** The handler's place among those of its channel, which it has to have got. */
  protected final ChannelHandlerContext context() {
    return requireNonNull(ctx, "a connection is used only after its handler was added");
  }

  /** The connection. */
  public final Channel channel() {
    return context().channel();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }
}

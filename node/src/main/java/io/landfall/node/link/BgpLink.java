package io.landfall.node.link;

import io.landfall.core.Links;
import io.landfall.node.ControlLoop;
import io.landfall.trust.PeerIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;

/**
 * One BGP byte stream with an authenticated peer.
 *
 * <p>It reads one buffer at a time and reads on only when the control thread has dealt with it, so
 * a peer that sends faster than we think is held back by TCP and no queue grows. It never queues on
 * the way out either: {@link #send} says when the buffer is full, and the owner waits for writable.
 */
public final class BgpLink extends ChannelInboundHandlerAdapter implements Links {
  private final long id;
  private final boolean outgoing;
  private final PeerIdentity peer;
  private final String remote;
  private final Channel channel;
  private final ControlLoop control;
  private final LinkEvents events;
  private String closeReason = "the peer closed the connection";
  private boolean closed;

  /** A link on a channel whose handshake is done; add it to the pipeline last. */
  BgpLink(
      long id,
      boolean outgoing,
      PeerIdentity peer,
      Channel channel,
      ControlLoop control,
      LinkEvents events) {
    this.id = id;
    this.outgoing = outgoing;
    this.peer = peer;
    this.remote = String.valueOf(channel.remoteAddress()).replaceFirst("^.*/", "");
    this.channel = channel;
    this.control = control;
    this.events = events;
  }

  /** The number by which the session knows this stream. */
  public long id() {
    return id;
  }

  /** Whether this node dialled. */
  public boolean outgoing() {
    return outgoing;
  }

  /** Who is at the other end, by its certificate. */
  public PeerIdentity peer() {
    return peer;
  }

  /** The remote socket address. */
  public SocketAddress remoteAddress() {
    return channel.remoteAddress();
  }

  /** The remote socket address, for people. */
  public String remote() {
    return remote;
  }

  @Override
  public boolean send(byte[] bytes) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    return channel.isWritable();
  }

  @Override
  public void close(String reason) {
    channel
        .eventLoop()
        .execute(
            () -> {
              closeReason = reason;
              channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().config().setAutoRead(false);
    control.execute(() -> events.linkUp(this, peer));
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      ByteBuf buffer = (ByteBuf) message;
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      control.execute(() -> events.linkBytes(this, bytes));
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    // Through the control queue, so that it runs after the bytes of this read were dealt with.
    control.execute(context::read);
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      control.execute(() -> events.linkWritable(this));
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended(closeReason);
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    closeReason = String.valueOf(cause.getMessage());
    context.close();
  }

  private void ended(String why) {
    if (!closed) {
      closed = true;
      control.execute(() -> events.linkClosed(this, why));
    }
  }
}

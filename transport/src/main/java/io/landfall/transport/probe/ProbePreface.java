package io.landfall.transport.probe;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends what a connection begins with, as the first of its handlers: in front of TLS. */
final class ProbePreface extends ChannelInboundHandlerAdapter {
  private final byte[] bytes;

  ProbePreface(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(Unpooled.wrappedBuffer(bytes), context.voidPromise());
    context.fireChannelActive();
    context.pipeline().remove(this);
  }
}

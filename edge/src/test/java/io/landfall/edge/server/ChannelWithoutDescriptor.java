package io.landfall.edge.server;

import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;

/** What becomes of a connection while the process may open no more files. */
public final class ChannelWithoutDescriptor extends NioSocketChannel {
  /** Fails as Netty does on Linux. */
  public ChannelWithoutDescriptor() {
    throw new ChannelException("socket(..) failed with error(-24): Too many open files");
  }

  /** One that opens only such ones. */
  static NettyTransport transport() {
    NettyTransport usual = NettyTransport.nio();
    return new NettyTransport(
        usual.factory(), usual.serverChannel(), ChannelWithoutDescriptor.class, false);
  }
}

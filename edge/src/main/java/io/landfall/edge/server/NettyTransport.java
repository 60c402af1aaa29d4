package io.landfall.edge.server;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/**
 * How bytes get in and out of the process: epoll where its native library loads, which also gives
 * every event loop its own listener; else the JDK's NIO with one.
 *
 * @param factory makes the I/O part of event loops
 * @param serverChannel listeners
 * @param clientChannel connections that we open
 * @param listenerPerLoop whether several listeners may share an address (SO_REUSEPORT)
 */
record NettyTransport(
    IoHandlerFactory factory,
    Class<? extends ServerChannel> serverChannel,
    Class<? extends Channel> clientChannel,
    boolean listenerPerLoop) {

  static NettyTransport best() {
    return Epoll.isAvailable() ? epoll() : nio();
  }

  private static NettyTransport epoll() {
    return new NettyTransport(
        RegisteredEpoll.newFactory(),
        EpollServerSocketChannel.class,
        EpollSocketChannel.class,
        true);
  }

  static NettyTransport nio() {
    return new NettyTransport(
        NioIoHandler.newFactory(), NioServerSocketChannel.class, NioSocketChannel.class, false);
  }
}

package io.landfall.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/** One choice of I/O transport for the whole node: epoll where the kernel has it, else NIO. */
public final class Sockets {
  private Sockets() {}

  /** Event loops with this many threads. */
  public static EventLoopGroup loops(int threads, String name) {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new SocketLoops(threads, new DefaultThreadFactory(name, true), io);
  }

  /** Listening sockets that fit the loops. */
  public static ChannelFactory<? extends ServerChannel> serverChannels(EventLoopGroup loops) {
    return isEpoll(loops) ? EpollServerSocketChannel::new : NioServerSocketChannel::new;
  }

  /** Sockets that fit the loops. */
  public static ChannelFactory<? extends Channel> clientChannels(EventLoopGroup loops) {
    return isEpoll(loops) ? EpollSocketChannel::new : NioSocketChannel::new;
  }

  /**
   * Closes a TLS connection now: past the handlers, which would finish the requests under way, and
   * past TLS, which would wait until its last words are read. Any thread.
   */
  public static void closeAtOnce(Channel channel) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls != null) {
      tls.close();
    } else {
      channel.close();
    }
  }

  /** Whether a channel takes Linux socket options. */
  public static boolean isEpoll(Channel channel) {
    return channel instanceof EpollSocketChannel;
  }

  /** Whether loops take Linux sockets. */
  public static boolean isEpoll(EventLoopGroup loops) {
    return loops instanceof IoEventLoopGroup io && io.isCompatible(EpollIoHandle.class);
  }
}

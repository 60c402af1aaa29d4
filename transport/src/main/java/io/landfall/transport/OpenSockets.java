package io.landfall.transport;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A listening socket that may be open already, in this process or for another one (epoll only).
 *
 * @param descriptor its file descriptor; empty when one has to be opened
 */
public record OpenSockets(OptionalInt descriptor) {
  /** It has to be opened. */
  public static final OpenSockets NONE = new OpenSockets(OptionalInt.empty());

  /** The one that was given for this, if any was. */
  public static OpenSockets take(
      GivenSockets given, ListeningSocket.Use use, InetSocketAddress address) {
    List<Integer> open = given.take(use, address);
    return new OpenSockets(open.isEmpty() ? OptionalInt.empty() : OptionalInt.of(open.getFirst()));
  }

  /** What makes its channel; the other one where it has to be opened. */
  public ChannelFactory<? extends ServerChannel> or(
      ChannelFactory<? extends ServerChannel> opening) {
    return descriptor.isEmpty()
        ? opening
        : () -> new EpollServerSocketChannel(descriptor.getAsInt());
  }

  /** Listens: binds what is not open. The future has whether that worked. */
  public ChannelFuture listen(ServerBootstrap bootstrap, InetSocketAddress address) {
    if (descriptor.isEmpty()) {
      return bootstrap.bind(address);
    }
    // An open socket is active at once, while the handler that takes its connections is added by a
    // task behind: nothing is accepted before that.
    ChannelFuture registered = bootstrap.option(ChannelOption.AUTO_READ, false).register();
    registered.addListener(
        done ->
            registered
                .channel()
                .eventLoop()
                .execute(() -> registered.channel().config().setAutoRead(true)));
    return registered;
  }

  /**
   * Whether a listener accepts from now on; what comes meanwhile waits. Blocks.
   *
   * <p>Out of the event loop, and not by AUTO_READ: a read that was asked for already would accept
   * once more.
   */
  public static void accept(Channel listener, boolean on) {
    if (!on) {
      listener.deregister().awaitUninterruptibly();
    } else if (!listener.isRegistered()) {
      listener.eventLoop().register(listener).awaitUninterruptibly();
    }
  }

  /** The listening socket of a channel as another process could go on with it. */
  public static Optional<ListeningSocket> of(
      ListeningSocket.Use use, InetSocketAddress address, Channel channel) {
    return channel instanceof EpollServerSocketChannel socket && socket.isOpen()
        ? Optional.of(new ListeningSocket(use, address, socket.fd().intValue()))
        : Optional.empty();
  }
}

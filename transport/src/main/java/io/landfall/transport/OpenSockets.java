package io.landfall.transport;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A listening socket that may be open already, in this process or for another one (epoll only).
 *
 * @param descriptor its file descriptor; empty when one has to be opened
 * @param keyed the neighbours that have a TCP MD5 key on it by the config before
 */
public record OpenSockets(OptionalInt descriptor, Set<InetAddress> keyed) {
  /** It has to be opened. */
  public static final OpenSockets NONE = new OpenSockets(OptionalInt.empty(), Set.of());

  /** The TCP MD5 keys of a listener, by the neighbour's address; it has none without. */
  public static final AttributeKey<Map<InetAddress, byte[]>> KEYS =
      AttributeKey.valueOf("landfall-listener-keys");

  /** In place of a key that is removed at once. */
  private static final byte[] REPLACED = {1};

  /** The one that was given for this, if any was. */
  public static OpenSockets take(
      GivenSockets given, ListeningSocket.Use use, InetSocketAddress address) {
    List<ListeningSocket> open = given.takeWhole(use, address);
    return open.isEmpty()
        ? NONE
        : new OpenSockets(OptionalInt.of(open.getFirst().descriptor()), open.getFirst().keyed());
  }

  /** What makes its channel; the other one where it has to be opened. */
  public ChannelFactory<? extends ServerChannel> or(
      ChannelFactory<? extends ServerChannel> opening) {
    return descriptor.isEmpty() ? opening : this::adopt;
  }

  private EpollServerSocketChannel adopt() {
    EpollServerSocketChannel channel = new EpollServerSocketChannel(descriptor.getAsInt());
    if (!keyed.isEmpty()) {
      // From now on the channel knows of these keys, and removes those that are not set again.
      Map<InetAddress, byte[]> before = new HashMap<>();
      keyed.forEach(neighbor -> before.put(neighbor, REPLACED));
      channel.config().setOption(EpollChannelOption.TCP_MD5SIG, before);
    }
    return channel;
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
      Map<InetAddress, byte[]> keys = listener.attr(KEYS).get();
      if (keys != null) {
        // Another process that has the socket too may have set its own.
        listener.config().setOption(EpollChannelOption.TCP_MD5SIG, keys);
      }
      listener.eventLoop().register(listener).awaitUninterruptibly();
    }
  }

  /** The listening socket of a channel as another process could go on with it. */
  public static Optional<ListeningSocket> of(
      ListeningSocket.Use use, InetSocketAddress address, Channel channel) {
    if (!(channel instanceof EpollServerSocketChannel socket) || !socket.isOpen()) {
      return Optional.empty();
    }
    Map<InetAddress, byte[]> keys = channel.attr(KEYS).get();
    return Optional.of(
        new ListeningSocket(
            use, address, socket.fd().intValue(), keys == null ? Set.of() : keys.keySet()));
  }
}

package io.landfall.edge.server;

import io.landfall.core.ListeningSocket;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One listener with its sockets, which stay open when the config has other settings for it:
 * connections that are accepted from then on get those.
 */
final class OpenListener {
  private volatile EdgeListener listener;
  private final List<Channel> channels = new ArrayList<>();
  private volatile boolean closing;
  private boolean parked;

  /** One without sockets. */
  OpenListener(EdgeListener listener) {
    this.listener = listener;
  }

  /** Its settings; read once for each connection. */
  EdgeListener listener() {
    return listener;
  }

  /** Connections that are accepted from now on get these settings. */
  void change(EdgeListener other) {
    listener = other;
  }

  void add(Channel channel) {
    channels.add(channel);
  }

  /** The listening sockets. */
  List<Channel> channels() {
    return channels;
  }

  /** The same as another process could go on with them. */
  List<ListeningSocket> sockets() {
    return channels.stream()
        .filter(EpollServerSocketChannel.class::isInstance)
        .map(EpollServerSocketChannel.class::cast)
        .map(
            each ->
                new ListeningSocket(
                    ListeningSocket.Use.CLIENTS, listener.address(), each.fd().intValue()))
        .toList();
  }

  /** The address with the port that it got. */
  InetSocketAddress address() {
    return (InetSocketAddress) channels.getLast().localAddress();
  }

  /** Accepts clients from now on, those that wait already first. */
  void accept() {
    channels.forEach(each -> each.config().setAutoRead(true));
    if (parked) {
      parked = false;
      channels.forEach(each -> ChannelIo.ignore(each.eventLoop().register(each)));
    }
  }

  /** Whether its sockets are meant to be closed. */
  boolean isClosing() {
    return closing;
  }

  /** Closes the sockets; the connections that were accepted there go on. Returns at once. */
  void close() {
    closing = true;
    channels.forEach(ChannelIo::close);
  }

  /**
   * Accepts no more, with the sockets open: clients that come wait there until it accepts again.
   * Waits for its event loops.
   */
  void park() {
    if (!parked) {
      parked = true;
      channels.forEach(each -> ChannelIo.ignore(each.deregister().awaitUninterruptibly()));
    }
  }

  /** Waits until the sockets are closed. */
  void awaitClosed() {
    channels.forEach(each -> ChannelIo.ignore(each.closeFuture().awaitUninterruptibly()));
  }
}

package io.landfall.edge.server;

import io.landfall.core.NodeName;
import io.landfall.edge.h2.H2ServerConnections;
import io.netty.channel.Channel;

/**
 * The connections on which other nodes forward requests to this one. Being such a connection is
 * what marks a request as forwarded. Any thread may call.
 */
public final class NodeConnections {
  private final EventLoops loops;

  NodeConnections(EventLoops loops) {
    this.loops = loops;
  }

  /**
   * Takes over a connection: its handshake is done, its peer is proved, and it has negotiated
   * {@code h2}. The edge installs its handlers and owns the channel from then on. PINGs are
   * answered and a few requests wait, until {@link #open} or {@link #refuse}. The waiting are
   * bounded for all such connections of an event loop together.
   */
  public void acceptWaiting(Channel channel, NodeName peer) {
    onLoop(channel, () -> loops.of(channel.eventLoop()).fromNodes().accept(channel, peer));
  }

  /** Requests on a connection of {@link #acceptWaiting} are served from now on. */
  public void open(Channel channel) {
    onLoop(channel, () -> H2ServerConnections.open(channel));
  }

  /**
   * Ends a connection of {@link #acceptWaiting} in good order: its waiting requests are refused so
   * that the other node may try them elsewhere (RFC 9113 section 8.7), and so are new ones; those
   * that are being served finish.
   */
  public void refuse(Channel channel) {
    onLoop(channel, () -> H2ServerConnections.refuse(channel));
  }

  private static void onLoop(Channel channel, Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else if (!channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(task);
    }
  }
}

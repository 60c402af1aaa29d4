package io.landfall.edge;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.List;

/** The running edge, as the node sees it. All methods may be called from any thread. */
public final class EdgeServer implements AutoCloseable {
  private EdgeServer() {}

  /** Opens the listeners and accepts clients. Blocks until the listeners are open. */
  public static EdgeStart start(EdgeConfig config, EdgePorts ports) {
    return new EdgeStart.CannotListen(config.listeners().getFirst().address(), ports.toString());
  }

  /** The listeners' addresses, with the ports that they got, in the order of the configuration. */
  public List<InetSocketAddress> addresses() {
    return List.of();
  }

  /**
   * The event loops of the data plane. The node accepts the overlay port on them too, so that a
   * forwarded request stays on one loop.
   */
  public EventLoopGroup eventLoops() {
    throw new UnsupportedOperationException();
  }

  /** The server channel type that goes with {@link #eventLoops()}. */
  public Class<? extends io.netty.channel.ServerChannel> serverChannelType() {
    throw new UnsupportedOperationException();
  }

  /** The client channel type that goes with {@link #eventLoops()}; for dialing peers. */
  public Class<? extends Channel> clientChannelType() {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes over a connection on which another node forwards requests: its handshake is done, its
   * peer is proved, and it has negotiated {@code h2}. The edge installs its handlers and owns the
   * channel from then on. Being such a channel is what marks a request as forwarded.
   */
  public void acceptH2(Channel channel, NodeName peer) {}

  /**
   * A service's backends, local signal or candidates changed, and the new snapshot is published.
   * Requests that wait for a response from a place that is gone, and that may be repeated, go to
   * the next place at once.
   */
  public void serviceChanged(ServiceName service) {}

  /** The same for all services at once. */
  public void snapshotChanged() {}

  /** The adjacency with a node is lost: the connections for forwarding to it are closed at once. */
  public void peerLost(HostAddress identity) {}

  /** The newest finished requests, newest first. */
  public List<DecisionRecord> decisions(int most) {
    return List.of();
  }

  /** The counters. */
  public EdgeStats stats() {
    throw new UnsupportedOperationException();
  }

  /** Stops accepting, lets requests in progress finish for a while, and closes everything. */
  @Override
  public void close() {}
}

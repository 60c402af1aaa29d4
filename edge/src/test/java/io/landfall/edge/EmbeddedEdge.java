package io.landfall.edge;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * The state of an event loop without a thread or a network: one that declines all requests, and
 * reaches no other node. Connections are {@link UnreadChannel}s.
 */
final class EmbeddedEdge {
  private static final NodeName NODE = new NodeName("fra");
  private static final HostAddress IDENTITY = new HostAddress(TestSite.BLOCK, 1);

  private final EdgeRuntime runtime;
  private final EmbeddedChannel owner = new EmbeddedChannel();

  EmbeddedEdge(EdgeLimits limits) {
    EdgeSettings config =
        new EdgeSettings(
            NODE, IDENTITY, "fra.cdn.test", List.of(), 1, limits, EdgeTimeouts.defaults());
    runtime = new EdgeRuntime(config, new Nowhere(), SystemClock.INSTANCE);
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  /** The connection of a client, on an event loop of its own. */
  UnreadChannel client() {
    UnreadChannel channel = new UnreadChannel(WaterMarks.MARK);
    return client(channel, new EventLoopState(runtime, NettyTransport.nio(), channel.eventLoop()));
  }

  /** The state of an event loop whose tasks {@link #runTasks} runs. */
  EventLoopState loop() {
    return new EventLoopState(runtime, NettyTransport.nio(), owner.eventLoop());
  }

  void runTasks() {
    owner.runPendingTasks();
  }

  /** The connection of a client, on a loop that it shares. */
  UnreadChannel client(EventLoopState loop) {
    return client(new UnreadChannel(WaterMarks.MARK), loop);
  }

  private static UnreadChannel client(UnreadChannel channel, EventLoopState loop) {
    channel.pipeline().addLast(new ClientConnection(loop.clients(), RequestHead.HTTP));
    return channel;
  }

  /** The server's end of a connection on which another node forwards requests. */
  UnreadChannel otherNode() {
    UnreadChannel channel = waitingNode();
    channel.pipeline().get(H2ServerConnection.class).open();
    return channel;
  }

  /** The client's end of a connection on which this node forwards requests, with its loop. */
  UnreadChannel toNode(EventLoopState loop) {
    UnreadChannel channel = new UnreadChannel(WaterMarks.NODES);
    ForwardPool pool = loop.nodes().of(TestSite.impostor(7, new InetSocketAddress(0)));
    pool.connected(channel);
    channel.runPendingTasks();
    return channel;
  }

  /** The same, of a node of which it is not known yet whether its requests are served. */
  UnreadChannel waitingNode() {
    UnreadChannel channel = new UnreadChannel(WaterMarks.NODES);
    return waitingNode(channel, new EventLoopState(runtime, NettyTransport.nio(), channel.eventLoop()));
  }

  /** The server's end of such a connection, on a loop that it shares. */
  UnreadChannel otherNode(EventLoopState loop) {
    UnreadChannel channel = waitingNode(new UnreadChannel(WaterMarks.NODES), loop);
    channel.pipeline().get(H2ServerConnection.class).open();
    return channel;
  }

  private static UnreadChannel waitingNode(UnreadChannel channel, EventLoopState loop) {
    loop.fromNodes().accept(channel, new NodeName("nyc"));
    channel.runPendingTasks();
    return channel;
  }

  /** What the node would implement: a service that is hosted, without a backend. */
  private static final class Nowhere implements EdgePorts {
    private final EdgeSnapshot snapshot =
        EdgeSnapshot.of(
            View.of(
                NODE,
                IDENTITY,
                List.of(
                    new ServiceView(
                        TestSite.SHOP,
                        new HostAddress(TestSite.BLOCK, 256),
                        List.of("shop.test"),
                        List.of(),
                        Signal.UP,
                        List.of()))),
            Map.of(TestSite.SHOP, new HostedService(List.of(), 1000)));

    @Override
    public EdgeSnapshot snapshot() {
      return snapshot;
    }

    @Override
    public Future<Channel> openH2(Candidate candidate, EventLoop loop) {
      return loop.newFailedFuture(new IllegalStateException("unreachable"));
    }

    @Override
    public void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind) {}

    @Override
    public void listenerFailed(InetSocketAddress listener, String why) {}
  }
}

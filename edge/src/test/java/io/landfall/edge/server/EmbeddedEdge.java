package io.landfall.edge.server;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.SystemClock;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.exchange.CacheUse;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.h2.ForwardedTo;
import io.landfall.edge.h2.H2ServerConnections;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.WaterMarks;
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
public final class EmbeddedEdge {
  private static final NodeName NODE = new NodeName("fra");
  private static final HostAddress IDENTITY = new HostAddress(TestSite.BLOCK, 1);

  private final EdgeRuntime runtime;
  private final EmbeddedChannel owner = new EmbeddedChannel();

  public EmbeddedEdge(EdgeLimits limits) {
    EdgeSettings config =
        new EdgeSettings(
            NODE, IDENTITY, "fra.cdn.test", List.of(), 1, limits, EdgeTimeouts.defaults());
    runtime = new EdgeRuntime(config, new Nowhere(), SystemClock.INSTANCE);
  }

  public EdgeRuntime runtime() {
    return runtime;
  }

  /** The connection of a client, on an event loop of its own. */
  public UnreadChannel client() {
    UnreadChannel channel = new UnreadChannel(WaterMarks.MARK);
    return client(
        channel,
        new EventLoopState(runtime, NettyTransport.nio(), channel.eventLoop(), CacheUse.NONE));
  }

  /** One whose event loops may hold so much of input that cannot go on. */
  public static EmbeddedEdge withInputMemory(long inputMemoryBytes) {
    EdgeLimits d = EdgeLimits.defaults();
    return new EmbeddedEdge(
        d.with(
            new EdgeLimits.Messages(
                d.messages().maxTargetBytes(),
                d.messages().maxHeadBytes(),
                inputMemoryBytes,
                d.messages().maxFields())));
  }

  /** The state of an event loop whose tasks {@link #runTasks} runs. */
  public EdgeLoop loop() {
    return new EventLoopState(runtime, NettyTransport.nio(), owner.eventLoop(), CacheUse.NONE);
  }

  /** It is that late on the loop. */
  public static void tick(EdgeLoop loop, long nowNanos) {
    ((EventLoopState) loop).tick(nowNanos);
  }

  public void runTasks() {
    owner.runPendingTasks();
  }

  /** The connection of a client to a TCP service, which is asked for with the loop's next tasks. */
  public EmbeddedChannel tcpClient(EdgeLoop loop) {
    return new EmbeddedChannel(((EventLoopState) loop).tcpClients().handler(TestSite.SHOP));
  }

  /** The connection of a client, on a loop that it shares. */
  public UnreadChannel client(EdgeLoop loop) {
    return client(new UnreadChannel(WaterMarks.MARK), (EventLoopState) loop);
  }

  private static UnreadChannel client(UnreadChannel channel, EventLoopState loop) {
    channel.pipeline().addLast(loop.clients().handler(RequestHead.HTTP, true));
    return channel;
  }

  /** The server's end of a connection on which another node forwards requests. */
  public UnreadChannel otherNode() {
    UnreadChannel channel = waitingNode();
    H2ServerConnections.open(channel);
    return channel;
  }

  /** The client's end of a connection on which this node forwards requests, with its loop. */
  public UnreadChannel toNode(EdgeLoop loop) {
    UnreadChannel channel = new UnreadChannel(WaterMarks.NODES);
    ForwardedTo.connected(((EventLoopState) loop).nodes(), otherSite(), channel);
    channel.runPendingTasks();
    return channel;
  }

  /** The session with the node of {@link #toNode} has ended. */
  public void sessionWithNodeEnded(EdgeLoop loop) {
    ((EventLoopState) loop).nodes().peerLeft(otherSite().identity());
  }

  /** That node is gone. */
  public void nodeLost(EdgeLoop loop) {
    ((EventLoopState) loop).nodes().peerLost(otherSite().identity());
  }

  private static Candidate otherSite() {
    return TestSite.impostor(7, new InetSocketAddress(0));
  }

  /** The same, of a node of which it is not known yet whether its requests are served. */
  public UnreadChannel waitingNode() {
    UnreadChannel channel = new UnreadChannel(WaterMarks.NODES);
    return waitingNode(
        channel,
        new EventLoopState(runtime, NettyTransport.nio(), channel.eventLoop(), CacheUse.NONE));
  }

  /** The server's end of such a connection, on a loop that it shares. */
  public UnreadChannel otherNode(EdgeLoop loop) {
    UnreadChannel channel = waitingNode(new UnreadChannel(WaterMarks.NODES), (EventLoopState) loop);
    H2ServerConnections.open(channel);
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

package io.landfall.edge.server;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.decision.View;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.SystemClock;
import io.landfall.edge.exchange.EdgeRuntime;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What listeners are made with where no request is decided: a node without services. */
final class ListenerRuntime implements EdgePorts {
  private static final NodeName NAME = new NodeName("fra");
  private static final HostAddress IDENTITY = new HostAddress(TestSite.BLOCK, 1);

  private final List<InetSocketAddress> failed = new CopyOnWriteArrayList<>();
  private final Set<String> deciding = ConcurrentHashMap.newKeySet();
  private final EdgeRuntime runtime;

  /** One that listens at any port of loopback with so many event loops. */
  ListenerRuntime(int loops) {
    this(loops, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** One that listens there. */
  ListenerRuntime(int loops, InetSocketAddress address) {
    runtime =
        new EdgeRuntime(
            new EdgeSettings(
                NAME,
                IDENTITY,
                "fra.cdn.test",
                List.of(EdgeListener.plain(address)),
                loops,
                EdgeLimits.defaults(),
                EdgeTimeouts.defaults()),
            this,
            SystemClock.INSTANCE);
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  /** The listeners that were reported as failed. */
  List<InetSocketAddress> failed() {
    return failed;
  }

  /** The threads that have decided where a request goes. */
  Set<String> deciding() {
    return deciding;
  }

  @Override
  public EdgeSnapshot snapshot() {
    deciding.add(Thread.currentThread().getName());
    return EdgeSnapshot.of(View.empty(NAME, IDENTITY), Map.of());
  }

  @Override
  public Future<Channel> openH2(Candidate candidate, EventLoop loop) {
    return loop.newFailedFuture(new IllegalStateException("unreachable"));
  }

  @Override
  public void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind) {}

  @Override
  public void listenerFailed(InetSocketAddress listener, String why) {
    failed.add(listener);
  }
}

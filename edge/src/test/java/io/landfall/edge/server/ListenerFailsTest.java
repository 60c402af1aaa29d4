package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.GivenSockets;
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
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listening socket that is gone is reported to the node; one that the node closed is not. */
class ListenerFailsTest {
  private static final NodeName NAME = new NodeName("fra");
  private static final HostAddress IDENTITY = new HostAddress(TestSite.BLOCK, 1);
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final List<InetSocketAddress> failed = new CopyOnWriteArrayList<>();
  private final EdgeRuntime runtime =
      new EdgeRuntime(
          new EdgeSettings(
              NAME,
              IDENTITY,
              "fra.cdn.test",
              List.of(EdgeListener.plain(ANY)),
              1,
              EdgeLimits.defaults(),
              EdgeTimeouts.defaults()),
          new Ports(),
          SystemClock.INSTANCE);
  private final EventLoops loops = new EventLoops(runtime, NettyTransport.best());
  private final ClientListeners listeners =
      new ClientListeners(runtime, NettyTransport.best(), loops, GivenSockets.none());

  @AfterEach
  void stop() {
    listeners.close();
    loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Ports implements EdgePorts {
    @Override
    public EdgeSnapshot snapshot() {
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

  @Test
  void aListeningSocketThatIsGoneIsReportedWithItsAddress() {
    assertThat(listeners.open()).isEmpty();
    assertThat(failed).isEmpty();
    listeners.channels().getFirst().close().syncUninterruptibly();
    TestSite.await("it is reported", () -> !failed.isEmpty());
    assertThat(failed).containsExactly(listeners.addresses().getFirst());
  }

  @Test
  void listenersThatTheNodeClosesHaveNotFailed() {
    assertThat(listeners.open()).isEmpty();
    listeners.close();
    loops.group().next().submit(() -> {}).syncUninterruptibly();
    assertThat(failed).isEmpty();
  }

  @Test
  void aLoopThatIsEndedByItsOwnTaskClosesTheListenersOnIt() {
    EventLoops ending = new EventLoops(runtime, NettyTransport.best());
    ClientListeners onIt =
        new ClientListeners(runtime, NettyTransport.best(), ending, GivenSockets.none());
    assertThat(onIt.open()).isEmpty();
    EventLoopGroup group = ending.group();
    // The second task is the one that makes the loop end in the round in which it learns of it.
    group.execute(
        () -> {
          var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
          group.execute(() -> {});
        });
    assertThat(group.terminationFuture().awaitUninterruptibly(1, TimeUnit.MINUTES)).isTrue();
    assertThat(onIt.channels()).isNotEmpty().noneMatch(Channel::isOpen);
  }
}

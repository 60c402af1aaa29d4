package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.GivenSockets;
import io.landfall.edge.exchange.EdgeRuntime;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listening socket that is gone is reported to the node; one that the node closed is not. */
class ListenerFailsTest {
  private final ListenerRuntime site = new ListenerRuntime(1);
  private final List<InetSocketAddress> failed = site.failed();
  private final EdgeRuntime runtime = site.runtime();
  private final EventLoops loops = new EventLoops(runtime, NettyTransport.best());
  private final ClientListeners listeners =
      new ClientListeners(runtime, NettyTransport.best(), loops, GivenSockets.none());

  @AfterEach
  void stop() {
    listeners.close();
    loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
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

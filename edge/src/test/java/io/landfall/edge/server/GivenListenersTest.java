package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.edge.EdgeListener;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listening socket that a service manager has opened and keeps open: one, for two loops. */
class GivenListenersTest {
  private static final int LOOPS = 2;

  private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private ListenerRuntime site = new ListenerRuntime(LOOPS);
  private EventLoops loops = new EventLoops(site.runtime(), NettyTransport.best());
  private ClientListeners listeners =
      new ClientListeners(site.runtime(), NettyTransport.best(), loops, GivenSockets.none());

  @BeforeEach
  void listens() throws IOException {
    stop();
    Epoll.ensureAvailability();
    Socket socket = Socket.newSocketStream();
    socket.bind(address);
    socket.listen(16);
    address = socket.localAddress();
    site = new ListenerRuntime(LOOPS, address);
    loops = new EventLoops(site.runtime(), NettyTransport.best());
    ListeningSocket given =
        new ListeningSocket(ListeningSocket.Use.CLIENTS, address, socket.intValue());
    listeners =
        new ClientListeners(
            site.runtime(), NettyTransport.best(), loops, new GivenSockets(List.of(given), true));
    assertThat(listeners.open()).isEmpty();
    listeners.accept();
  }

  @AfterEach
  void stop() {
    listeners.close();
    loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private java.net.Socket client() throws IOException {
    java.net.Socket client = new java.net.Socket(address.getAddress(), address.getPort());
    client
        .getOutputStream()
        .write(
            "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    return client;
  }

  private static void assertAnswered(java.net.Socket client) throws IOException {
    assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
        .startsWith("HTTP/1.1 421 ");
    client.close();
  }

  private ListenerChange.Prepared prepared(EdgeListener... wanted) {
    ListenerChange change = listeners.prepare(List.of(wanted));
    assertThat(change).isInstanceOf(ListenerChange.Prepared.class);
    return (ListenerChange.Prepared) change;
  }

  @Test
  void itsConnectionsAreServedByAllLoops() throws IOException {
    assertThat(listeners.addresses()).containsExactly(address);
    for (int i = 0; i < LOOPS; i++) {
      assertAnswered(client());
    }
    assertThat(site.deciding()).hasSize(LOOPS);
    assertThat(site.failed()).isEmpty();
  }

  /** Its address cannot be bound again as long as the manager has it. */
  @Test
  void aListenerThatLeavesTheConfigComesBackAtTheSameSocket() throws IOException {
    prepared().apply();
    assertThat(listeners.addresses()).isEmpty();
    java.net.Socket waiting = client();
    // One that is given up leaves it as it was.
    prepared(EdgeListener.plain(address)).abandon();
    prepared(EdgeListener.plain(address)).apply();
    assertAnswered(waiting);
    assertAnswered(client());
    prepared().apply();
    prepared(EdgeListener.plain(address)).apply();
    assertAnswered(client());
    assertThat(site.failed()).isEmpty();
  }
}

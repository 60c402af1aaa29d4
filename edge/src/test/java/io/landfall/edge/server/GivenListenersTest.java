package io.landfall.edge.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Listening sockets that were open before this process: fewer than it has event loops. */
class GivenListenersTest {
  private static final int LOOPS = 2;

  @Test
  void theConnectionsOfOneSocketAreServedByAllLoops() throws IOException {
    Epoll.ensureAvailability();
    Socket socket = Socket.newSocketStream();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.listen(16);
    InetSocketAddress address = socket.localAddress();
    ListenerRuntime site = new ListenerRuntime(LOOPS, address);
    EventLoops loops = new EventLoops(site.runtime(), NettyTransport.best());
    ClientListeners listeners =
        new ClientListeners(
            site.runtime(),
            NettyTransport.best(),
            loops,
            new GivenSockets(
                List.of(
                    new ListeningSocket(ListeningSocket.Use.CLIENTS, address, socket.intValue()))));
    try {
      assertThat(listeners.open()).isEmpty();
      assertThat(listeners.addresses()).containsExactly(address);
      listeners.accept();
      for (int i = 0; i < LOOPS; i++) {
        assertThat(answer(address)).startsWith("HTTP/1.1 421 ");
      }
    } finally {
      listeners.close();
      loops.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    assertThat(site.deciding()).hasSize(LOOPS);
    assertThat(site.failed()).isEmpty();
  }

  private static String answer(InetSocketAddress address) throws IOException {
    try (java.net.Socket client = new java.net.Socket(address.getAddress(), address.getPort())) {
      client
          .getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}

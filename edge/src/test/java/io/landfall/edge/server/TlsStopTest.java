package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.WebSockets;
import io.landfall.edge.tls.ServerNames;
import io.landfall.testkit.TrustingTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections of clients over TLS end with close_notify at a stop (RFC 8446 section 6.1). Over TLS
 * 1.2 that shows on the wire as a record of its own type.
 */
class TlsStopTest {
  private static final int ALERT = 21;

  @TempDir static Path folder;
  private static TestKeys keys;

  @BeforeAll
  static void makeKeys() {
    keys = new TestKeys(folder).authority("ca").site("good", "ca", "dns:shop.test");
  }

  /** One that waits for nothing when it stops. */
  private static TestSite siteOverTls() {
    ServerNames names =
        switch (ServerNames.of(List.of(keys.identity("good")), ServerNames.Hosts.ANY, true)) {
          case ServerNames.Result.Usable(ServerNames made) -> made;
          case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    EdgeTimeouts usual = EdgeTimeouts.defaults();
    EdgeTimeouts stopping =
        new EdgeTimeouts(
            usual.clients(), usual.servers(), usual.bodyIdleMillis(), 0, usual.retryAfterSeconds());
    return new TestSite(
        "fra",
        1,
        settings ->
            TestSite.waiting(stopping)
                .apply(TestSite.listening(EdgeListener.tls(any, names)).apply(settings)));
  }

  /** TCP, on which the end is read, and TLS above it. */
  private record Client(Socket below, RawClient above) implements AutoCloseable {
    static Client of(TestSite site) throws IOException {
      Socket below = new Socket(site.http().getAddress(), site.http().getPort());
      SSLSocket above =
          (SSLSocket)
              TrustingTls.anonymous().getSocketFactory().createSocket(below, "shop.test", 1, true);
      above.setEnabledProtocols(new String[] {"TLSv1.2"});
      return new Client(below, new RawClient(above));
    }

    /** Reads an alert, and then the end of the connection. */
    void assertEndsInOrder() throws IOException {
      byte[] rest = below.getInputStream().readAllBytes();
      assertThat(rest).isNotEmpty();
      assertThat(rest[0]).isEqualTo((byte) ALERT);
    }

    @Override
    public void close() {
      above.close();
    }
  }

  @Test
  void tunnels() throws Exception {
    try (TestBackend backend = WebSockets.echo();
        TestSite fra = siteOverTls();
        Client client = Client.of(fra)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.above().send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      fra.edge().close();
      client.assertEndsInOrder();
    }
  }

  @Test
  void connectionsWithoutARequest() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = siteOverTls();
        Client idle = Client.of(fra);
        Client inHead = Client.of(fra)) {
      fra.publish(Signal.UP, backends(backend));
      String request = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      assertThat(idle.above().send(request).read().body()).isEqualTo("hello");
      assertThat(inHead.above().send(request + "GET").read().body()).isEqualTo("hello");
      fra.edge().close();
      idle.assertEndsInOrder();
      inHead.assertEndsInOrder();
    }
  }
}

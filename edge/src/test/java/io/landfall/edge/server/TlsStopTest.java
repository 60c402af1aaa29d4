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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections of clients over TLS end with close_notify (RFC 8446 section 6.1): an end without it
 * is an exception to the client of these tests.
 */
class TlsStopTest {
  @TempDir static Path folder;
  private static TestKeys keys;

  @BeforeAll
  static void makeKeys() {
    keys = new TestKeys(folder).authority("ca").site("good", "ca", "dns:shop.test");
  }

  private static TestSite siteOverTls() {
    ServerNames names =
        switch (ServerNames.of(List.of(keys.identity("good")), ServerNames.Hosts.ANY, true)) {
          case ServerNames.Result.Usable(ServerNames made) -> made;
          case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return new TestSite("fra", 1, TestSite.listening(EdgeListener.tls(any, names)));
  }

  private static RawClient client(TestSite site) throws IOException {
    Socket below = new Socket(site.http().getAddress(), site.http().getPort());
    return new RawClient(
        TrustingTls.anonymous().getSocketFactory().createSocket(below, "shop.test", 1, true));
  }

  @Test
  void tunnelsAtAStop() throws Exception {
    try (TestBackend backend = WebSockets.echo();
        TestSite fra = siteOverTls();
        RawClient client = client(fra)) {
      fra.publish(Signal.UP, backends(backend));
      assertThat(client.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      CompletableFuture<Long> cut = CompletableFuture.supplyAsync(fra.edge()::drain);
      TestSite.await("no more is accepted", () -> StoppingTest.refuses(fra));
      fra.letPass(EdgeTimeouts.defaults().drainMillis() + 1_000);
      assertThat(WebSockets.of(cut)).isEqualTo(1);
      assertThat(client.readByte()).isEqualTo(-1);
    }
  }

  @Test
  void idleConnectionsAtAStop() throws Exception {
    try (TestBackend backend = TestBackend.saying("hello");
        TestSite fra = siteOverTls();
        RawClient used = client(fra);
        RawClient inHead = client(fra)) {
      fra.publish(Signal.UP, backends(backend));
      String request = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
      assertThat(used.send(request).read().body()).isEqualTo("hello");
      assertThat(inHead.send(request + "GET").read().body()).isEqualTo("hello");
      fra.edge().close();
      assertThat(used.readByte()).isEqualTo(-1);
      assertThat(inHead.readByte()).isEqualTo(-1);
    }
  }

  @Test
  void aConnectionThatIsClosedWhileItsClientMaySend() throws Exception {
    TestBackend.Behaviour early =
        (request, in, out) -> {
          TestBackend.ok(out, "no need");
          return false;
        };
    try (TestBackend backend = new TestBackend(early);
        TestSite fra = siteOverTls();
        RawClient client = client(fra)) {
      fra.publish(Signal.UP, backends(backend));
      client.send("POST /early HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 9\r\n\r\nhello");
      RawClient.Answer answer = client.read();
      assertThat(answer.body()).isEqualTo("no need");
      assertThat(answer.field("connection")).contains("close");
      assertThat(client.readByte()).isEqualTo(-1);
    }
  }
}

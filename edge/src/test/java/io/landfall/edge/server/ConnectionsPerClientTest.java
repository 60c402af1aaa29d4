package io.landfall.edge.server;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrustedProxies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One address has so many connections and no more; others are not touched by that. */
class ConnectionsPerClientTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestBackend backend = opened(TestBackend.saying("ok"));

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  private static EdgeSettings atMostTwo(EdgeSettings c) {
    return new EdgeSettings(
        c.node(),
        c.identity(),
        c.cdnId(),
        c.listeners(),
        c.eventLoops(),
        c.limits().withPerClient(2),
        c.timeouts());
  }

  private RawClient from(TestSite site, String address) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(site.http(), RawClient.DEADLINE_MILLIS);
    return opened(new RawClient(socket));
  }

  private static int status(RawClient client) {
    return client.send(GET).read().status();
  }

  @Test
  void oneMoreIsClosedAndCountedAndOthersAreServed() throws IOException {
    TestSite fra = opened(new TestSite("fra", 1, ConnectionsPerClientTest::atMostTwo));
    fra.publish(Signal.UP, backends(backend));
    RawClient first = from(fra, "127.0.0.1");
    assertThat(status(first)).isEqualTo(200);
    assertThat(status(from(fra, "127.0.0.1"))).isEqualTo(200);
    assertThat(from(fra, "127.0.0.1").isEnded()).isTrue();
    assertThat(from(fra, "127.0.0.1").isEnded()).isTrue();
    assertThat(fra.edge().stats().defences().crowdedClients()).isEqualTo(2);
    assertThat(status(from(fra, "127.0.0.2"))).isEqualTo(200);
    assertThat(status(first)).as("what is connected stays so").isEqualTo(200);
    first.close();
    TestSite.await("it is gone", () -> fra.edge().stats().clientConnections() == 2);
    assertThat(status(from(fra, "127.0.0.1"))).isEqualTo(200);
  }

  @Test
  void behindProxyHeadersTheClientsInThemAreCounted() throws IOException {
    TrustedProxies sources =
        new TrustedProxies(
            List.of(new TrustedProxies.Network(InetAddress.ofLiteral("127.0.0.1"), 32)));
    TestSite fra =
        opened(
            new TestSite(
                "fra",
                1,
                usual ->
                    atMostTwo(
                        TestSite.listening(
                                EdgeListener.plain(
                                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                    .behind(sources))
                            .apply(usual))));
    fra.publish(Signal.UP, backends(backend));
    for (int client = 1; client <= 4; client++) {
      assertThat(status(told(fra, "192.0.2." + client))).isEqualTo(200);
    }
    assertThat(status(told(fra, "192.0.2.1"))).isEqualTo(200);
    assertThat(told(fra, "192.0.2.1").isEnded()).isTrue();
    assertThat(fra.edge().stats().defences().crowdedClients()).isEqualTo(1);
  }

  private RawClient told(TestSite site, String client) throws IOException {
    return from(site, "127.0.0.1").send("PROXY TCP4 " + client + " 198.51.100.1 4711 80\r\n");
  }

  @Test
  void aTrustedProxyStandsForMany() throws IOException {
    ClientClaims proxies =
        new ClientClaims(
            new TrustedProxies(Rules.networks("127.0.0.1/32")), ClientClaims.Lookalikes.DROP);
    TestSite fra = opened(new TestSite("fra", 1, c -> atMostTwo(c).with(proxies)));
    fra.publish(Signal.UP, backends(backend));
    for (int i = 0; i < 5; i++) {
      assertThat(status(from(fra, "127.0.0.1"))).isEqualTo(200);
    }
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.HostedService;
import io.landfall.edge.RawClient;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that become tunnels, from clients over HTTP/1.1, served and forwarded. */
class TunnelTest {
  private static final String GET = "GET /plain HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesPassInBothDirections(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.client()) {
      RawClient.Answer accepted = client.send(WebSockets.REQUEST).readHead();
      assertThat(accepted.status()).isEqualTo(101);
      assertThat(accepted.all("upgrade")).containsExactly("websocket");
      assertThat(accepted.all("connection")).containsExactly("upgrade");
      assertThat(accepted.all("sec-websocket-accept")).containsExactly(WebSockets.ACCEPT);
      assertThat(accepted.all("sec-websocket-protocol")).containsExactly("chat");
      assertThat(accepted.all("landfall-upgraded")).isEmpty();
      assertThat(accepted.all("content-length")).isEmpty();
      assertThat(accepted.all("transfer-encoding")).isEmpty();
      for (String message : List.of("one", "GET / HTTP/1.1\r\n\r\n", "three")) {
        assertThat(text(client.send(message).readExactly(message.length()))).isEqualTo(message);
      }
      TestBackend.Received request = backend.received.getFirst();
      assertThat(request.line()).isEqualTo("GET /chat HTTP/1.1");
      assertThat(request.all("connection")).containsExactly("upgrade");
      assertThat(request.all("upgrade")).containsExactly("websocket");
      assertThat(request.all("sec-websocket-key")).containsExactly(WebSockets.KEY);
      assertThat(request.all("sec-websocket-version")).containsExactly("13");
      assertThat(request.all("transfer-encoding")).isEmpty();
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(1, 1, 0, 0, 0, 0));
      client.endOutput();
      assertThat(client.readToEnd()).isEmpty();
      sites.awaitNone();
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 0, 0, 0));
      sites.landing.awaitLastDecision(forwarded ? Reason.REMOTE_UP : Reason.LOCAL_UP);
      assertThat(sites.landing.lastDecision().status()).isEqualTo(101);
      assertThat(sites.landing.edge().traffic().services())
          .allSatisfy(each -> assertThat(each.firstByte().count()).isZero())
          .flatExtracting(each -> each.outcomes().values())
          .hasSize(1)
          .allSatisfy(
              each -> {
                assertThat(each.durations().sumMicros()).isZero();
                assertThat(each.results())
                    .containsExactly(Map.entry(ResultClass.INFORMATIONAL, 1L));
              });
      assertThat(sites.landing.edge().stats().aborted()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatComesWithTheHeadsIsOfTheProtocol(boolean forwarded) {
    TestBackend.Behaviour behaviour =
        (request, in, out) -> {
          TestBackend.raw(out, WebSockets.acceptance(request) + "first");
          in.transferTo(out);
          return false;
        };
    try (TestBackend backend = new TestBackend(behaviour);
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.client()) {
      client.send(WebSockets.REQUEST + "second");
      assertThat(client.readHead().status()).isEqualTo(101);
      assertThat(text(client.readExactly(11))).isEqualTo("firstsecond");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatRefusesIsAnsweredForAndTheRestIsTheNextRequest(boolean forwarded) {
    TestBackend.Behaviour behaviour =
        (request, in, out) ->
            request.all("upgrade").isEmpty()
                ? TestBackend.ok(out, "plain")
                : TestBackend.raw(
                    out,
                    "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\n"
                        + "Upgrade: websocket\r\nContent-Length: 3\r\n\r\nold");
    try (TestBackend backend = new TestBackend(behaviour);
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.client()) {
      client.send(WebSockets.REQUEST + GET);
      RawClient.Answer refused = client.read();
      assertThat(refused.status()).isEqualTo(426);
      assertThat(refused.body()).isEqualTo("old");
      assertThat(client.read().body()).isEqualTo("plain");
      assertThat(backend.received.getLast().line()).isEqualTo("GET /plain HTTP/1.1");
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 0, 0, 0, 0, 0));
      // Its connection was given back, though it was a new one.
      assertThat(backend.accepted).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatKnowsNoUpgradeIsAnsweredFor(boolean forwarded) {
    try (TestBackend backend = TestBackend.saying("plain");
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(WebSockets.REQUEST).read().body()).isEqualTo("plain");
      }
    }
  }

  @Test
  void whatIsNotAskedForWellIsAnOrdinaryRequest() {
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites = new TunnelSites(false, backend)) {
      for (String request :
          List.of(
              WebSockets.REQUEST.replace("keep-alive, Upgrade", "keep-alive"),
              WebSockets.REQUEST.replace("Upgrade: websocket", "Upgrade: h2c"),
              WebSockets.REQUEST.replace("Upgrade: websocket", "Upgrade: chat"),
              WebSockets.REQUEST.replace("GET", "DELETE"),
              WebSockets.REQUEST.replace("Sec-WebSocket-Key", "Sec-Key"),
              WebSockets.REQUEST.replace("Host:", "Sec-WebSocket-Key: x\r\nHost:"),
              WebSockets.REQUEST.replace("Host:", "Content-Length: 1\r\nHost:") + "x",
              WebSockets.REQUEST.replace("HTTP/1.1", "HTTP/1.0"))) {
        try (RawClient client = sites.client()) {
          assertThat(client.send(request).read().body()).as(request).isEqualTo("plain");
          assertThat(backend.received.getLast().all("connection")).isEmpty();
        }
      }
    }
  }

  @Test
  void aServiceAllowsWhatItsConfigSays() {
    TestBackend.Behaviour behaviour =
        (request, in, out) -> {
          String upgrade = String.join(",", request.all("upgrade"));
          if (upgrade.isEmpty()) {
            return TestBackend.ok(out, "plain");
          }
          String head = "HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: " + upgrade;
          TestBackend.raw(out, head + "\r\n\r\n");
          in.transferTo(out);
          return false;
        };
    try (TestBackend backend = new TestBackend(behaviour);
        TunnelSites none = new TunnelSites(false, backends(backend), TunnelSites.allowing());
        RawClient client = none.client()) {
      assertThat(client.send(WebSockets.REQUEST).read().body()).isEqualTo("plain");
    }
    for (boolean forwarded : new boolean[] {false, true}) {
      try (TestBackend backend = new TestBackend(behaviour);
          TunnelSites sites =
              new TunnelSites(forwarded, backends(backend), TunnelSites.allowing("chat", "other"));
          RawClient client = sites.client()) {
        client.send(WebSockets.REQUEST.replace(": websocket", ": h2c, websocket, Chat"));
        RawClient.Answer accepted = client.readHead();
        assertThat(accepted.status()).isEqualTo(101);
        assertThat(accepted.all("upgrade")).containsExactly("chat");
        assertThat(text(client.send("hello").readExactly(5))).isEqualTo("hello");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAcceptanceOfSomethingElseIs502AndTriedNowhereElse(boolean forwarded) {
    String good = "Upgrade: websocket\nConnection: upgrade\nSec-WebSocket-Accept: ";
    for (String fields :
        List.of(
            good + "wrong",
            good.replace(": websocket", ": chat") + WebSockets.ACCEPT,
            good.replace(": upgrade", ": close") + WebSockets.ACCEPT,
            "Connection: upgrade\nUpgrade: websocket",
            good + WebSockets.ACCEPT + "\nSec-WebSocket-Accept: x")) {
      String answer = RawClient.wire("HTTP/1.1 101 Yes\n" + fields + "\n\n");
      try (TestBackend one = new TestBackend((r, in, out) -> TestBackend.raw(out, answer));
          TestBackend other = new TestBackend((r, in, out) -> TestBackend.raw(out, answer));
          TunnelSites sites =
              new TunnelSites(forwarded, backends(one, other), UnaryOperator.identity());
          RawClient client = sites.client()) {
        RawClient.Answer failed = client.send(WebSockets.REQUEST).read();
        assertThat(failed.status()).as(fields).isEqualTo(502);
        assertThat(failed.all("proxy-status").toString()).contains("http_upgrade_failed");
        assertThat(one.received.size() + other.received.size()).isEqualTo(1);
        assertThat(sites.nyc.failures).isEmpty();
        TestSite.await("it is closed", () -> one.openConnections() + other.openConnections() == 0);
        sites.awaitNone();
      }
    }
  }

  @Test
  void a101ThatNobodyAskedForIs502() {
    TestBackend.Behaviour behaviour =
        (request, in, out) ->
            TestBackend.raw(
                out, "HTTP/1.1 101 Yes\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    try (TestBackend backend = new TestBackend(behaviour);
        TunnelSites sites = new TunnelSites(false, backend);
        RawClient client = sites.client()) {
      assertThat(client.send(GET).read().status()).isEqualTo(502);
      String asked = WebSockets.REQUEST.replace("Upgrade: websocket", "Upgrade: h2c");
      assertThat(client.send(asked).read().status()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionThatEndsBeforeTheAnswerIsNotTriedAgain(boolean forwarded) {
    try (TestBackend one = new TestBackend((request, in, out) -> false);
        TestBackend other = new TestBackend((request, in, out) -> false);
        TunnelSites sites =
            new TunnelSites(forwarded, backends(one, other), UnaryOperator.identity());
        RawClient client = sites.client()) {
      RawClient.Answer failed = client.send(WebSockets.REQUEST).read();
      assertThat(failed.status()).isEqualTo(502);
      assertThat(one.received.size() + other.received.size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatDidNotReachABackendGoesToTheNextOne(boolean forwarded) {
    TestBackend gone = TestBackend.saying("");
    gone.close();
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites =
            new TunnelSites(forwarded, backends(gone, backend), UnaryOperator.identity())) {
      for (int i = 0; i < 4; i++) {
        try (RawClient client = sites.open()) {
          assertThat(text(client.send("hello").readExactly(5))).isEqualTo("hello");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServiceThatGoesDownCutsNoTunnel(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        TunnelSites sites = new TunnelSites(forwarded, backend);
        RawClient client = sites.open()) {
      for (TestSite each : List.of(sites.nyc, sites.fra)) {
        each.publish(Signal.DOWN, new HostedService(List.of(), 9));
        each.edge().servicesChanged(Set.of(TestSite.SHOP));
        each.letPass(0);
      }
      assertThat(text(client.send("hello").readExactly(5))).isEqualTo("hello");
    }
  }

  @Test
  void whereNoSiteHasTheServiceItIsDeclinedAsAnyRequest() {
    try (TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.DOWN, List.of());
      assertThat(client.send(WebSockets.REQUEST).read().status()).isEqualTo(503);
      fra.awaitLastDecision(Reason.NO_SITE);
      assertThat(fra.edge().stats().tunnels().refused()).isZero();
    }
  }
}

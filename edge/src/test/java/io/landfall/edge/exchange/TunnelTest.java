package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TunnelSettings;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that become tunnels, from clients over HTTP/1.1, served and forwarded. */
class TunnelTest {
  private static final long ALL_BYTES = 160 << 20;
  private static final String GET = "GET /plain HTTP/1.1\r\nHost: shop.test\r\n\r\n";

  /** Two sites, and the one where clients of a test land: with the backend, or without. */
  private static final class Sites implements AutoCloseable {
    final TestSite nyc;
    final TestSite fra;
    final TestSite landing;

    Sites(boolean forwarded, TestBackend backend) {
      this(forwarded, backends(backend), UnaryOperator.identity());
    }

    Sites(boolean forwarded, List<OriginServer> backends, UnaryOperator<EdgeSettings> adjust) {
      nyc = new TestSite("nyc", 2, adjust);
      fra = new TestSite("fra", 1, adjust);
      nyc.publish(Signal.UP, backends);
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
      landing = forwarded ? fra : nyc;
    }

    RawClient client() {
      return new RawClient(landing.http());
    }

    /** A client whose tunnel is open. */
    RawClient open() {
      RawClient client = client().send(WebSockets.REQUEST);
      assertThat(client.readHead().status()).isEqualTo(101);
      return client;
    }

    EdgeStats.Tunnels tunnels() {
      return landing.edge().stats().tunnels();
    }

    void awaitNone() {
      for (TestSite each : List.of(nyc, fra)) {
        TestSite.await(
            "no tunnel is left",
            () ->
                each.edge().stats().tunnels().open() == 0
                    && each.edge().stats().requestsInProgress() == 0);
      }
    }

    @Override
    public void close() {
      fra.close();
      nyc.close();
    }
  }

  private static UnaryOperator<EdgeSettings> with(TunnelSettings settings) {
    return all -> all.with(settings);
  }

  private static UnaryOperator<EdgeSettings> atMost(int tunnels) {
    return with(new TunnelSettings(tunnels, 600_000, Collections.emptySortedMap()));
  }

  private static UnaryOperator<EdgeSettings> allowing(String... protocols) {
    TreeMap<ServiceName, List<AsciiString>> upgrades = new TreeMap<>();
    upgrades.put(TestSite.SHOP, List.of(protocols).stream().map(AsciiString::of).toList());
    return with(new TunnelSettings(9, 600_000, upgrades));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesPassInBothDirections(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        Sites sites = new Sites(forwarded, backend);
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
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(1, 1, 0, 0, 0));
      client.endOutput();
      assertThat(client.readToEnd()).isEmpty();
      sites.awaitNone();
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 0, 0));
      sites.landing.awaitLastDecision(forwarded ? Reason.REMOTE_UP : Reason.LOCAL_UP);
      assertThat(sites.landing.lastDecision().status()).isEqualTo(101);
      assertThat(sites.landing.edge().stats().latencies())
          .allSatisfy(each -> assertThat(each.sumMicros()).isZero());
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
        Sites sites = new Sites(forwarded, backend);
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
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.client()) {
      client.send(WebSockets.REQUEST + GET);
      RawClient.Answer refused = client.read();
      assertThat(refused.status()).isEqualTo(426);
      assertThat(refused.body()).isEqualTo("old");
      assertThat(client.read().body()).isEqualTo("plain");
      assertThat(backend.received.getLast().line()).isEqualTo("GET /plain HTTP/1.1");
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 0, 0, 0, 0));
      // Its connection was given back, though it was a new one.
      assertThat(backend.accepted).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatKnowsNoUpgradeIsAnsweredFor(boolean forwarded) {
    try (TestBackend backend = TestBackend.saying("plain");
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.send(WebSockets.REQUEST).read().body()).isEqualTo("plain");
      }
    }
  }

  @Test
  void whatIsNotAskedForWellIsAnOrdinaryRequest() {
    try (TestBackend backend = WebSockets.echo();
        Sites sites = new Sites(false, backend)) {
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
        Sites none = new Sites(false, backends(backend), allowing());
        RawClient client = none.client()) {
      assertThat(client.send(WebSockets.REQUEST).read().body()).isEqualTo("plain");
    }
    for (boolean forwarded : new boolean[] {false, true}) {
      try (TestBackend backend = new TestBackend(behaviour);
          Sites sites = new Sites(forwarded, backends(backend), allowing("chat", "other"));
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
          Sites sites = new Sites(forwarded, backends(one, other), UnaryOperator.identity());
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
        Sites sites = new Sites(false, backend);
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
        Sites sites = new Sites(forwarded, backends(one, other), UnaryOperator.identity());
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
        Sites sites = new Sites(forwarded, backends(gone, backend), UnaryOperator.identity())) {
      for (int i = 0; i < 4; i++) {
        try (RawClient client = sites.open()) {
          assertThat(text(client.send("hello").readExactly(5))).isEqualTo("hello");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatEndsItsDirectionGoesOnReading(boolean forwarded) {
    WebSockets.Talk talk =
        (in, out) -> {
          String all = text(in.readAllBytes());
          TestBackend.raw(out, "you said " + all);
        };
    try (TestBackend backend = WebSockets.backend(talk);
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      client.send("this").endOutput();
      assertThat(text(client.readToEnd())).isEqualTo("you said this");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatEndsItsDirectionGoesOnReading(boolean forwarded) {
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (TestBackend backend =
            new TestBackend(
                WebSockets.behaviour((in, out) -> heard.complete(text(in.readAllBytes()))));
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      Socket atBackend = backend.accepted.getLast();
      assertThat(halfClosed(atBackend)).isTrue();
      assertThat(client.readToEnd()).isEmpty();
      assertThat(sites.tunnels().open()).isEqualTo(1);
      client.send("late").send("r").endOutput();
      assertThat(WebSockets.of(heard)).isEqualTo("later");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isZero();
    }
  }

  private static boolean halfClosed(Socket socket) {
    try {
      socket.shutdownOutput();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheClientIsOneAtTheBackend(boolean forwarded) {
    CompletableFuture<String> end = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          try {
            end.complete("read " + in.read());
          } catch (IOException e) {
            end.complete(String.valueOf(e.getMessage()));
          }
        };
    try (TestBackend backend = WebSockets.backend(talk);
        Sites sites = new Sites(forwarded, backend)) {
      sites.open().reset();
      assertThat(WebSockets.of(end)).isEqualTo("Connection reset");
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isEqualTo(1);
      assertThat(sites.landing.edge().stats().aborted()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheBackendIsOneAtTheClient(boolean forwarded) throws IOException {
    try (TestBackend backend = WebSockets.echo();
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      Socket atBackend = backend.accepted.getLast();
      atBackend.setSoLinger(true, 0);
      atBackend.close();
      assertThat(client.isReset()).isTrue();
      sites.awaitNone();
      assertThat(sites.tunnels().broken()).isEqualTo(1);
      // The tunnel says nothing of the backend's health.
      assertThat(sites.nyc.failures).isEmpty();
    }
  }

  /** What stands still between two looks is stopped: far less than all, for nobody takes it. */
  private static void assertStops(TestSite site, AtomicLong bytes) {
    long before = -1;
    for (int looks = 0; looks < 400 && (bytes.get() == 0 || bytes.get() != before); looks++) {
      before = bytes.get();
      site.letPass(0);
    }
    // Buffers of the system on the way, and of the sites.
    assertThat(bytes.get()).isLessThan(ALL_BYTES / 2);
  }

  private static long countTo(AtomicLong sent, Sending sending) throws IOException {
    byte[] piece = new byte[64 * 1024];
    while (sent.get() < ALL_BYTES) {
      sending.send(piece);
      sent.addAndGet(piece.length);
    }
    return sent.get();
  }

  private interface Sending {
    void send(byte[] piece) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatReadsNothingStopsTheBackendAndAllArrives(boolean forwarded) {
    AtomicLong sent = new AtomicLong();
    try (TestBackend backend = WebSockets.backend((in, out) -> countTo(sent, out::write));
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      assertStops(sites.landing, sent);
      long read = 0;
      byte[] some = new byte[64 * 1024];
      for (int n = client.read(some); n >= 0; n = client.read(some)) {
        read += n;
      }
      assertThat(read).isEqualTo(ALL_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatReadsNothingStopsTheClientAndAllArrives(boolean forwarded) {
    AtomicLong sent = new AtomicLong();
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Long> read = new CompletableFuture<>();
    WebSockets.Talk lazy =
        (in, out) -> {
          TestBackend.holdUntil(go);
          read.complete(in.transferTo(OutputStream.nullOutputStream()));
        };
    try (TestBackend backend = WebSockets.backend(lazy);
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      CompletableFuture<Void> all =
          CompletableFuture.runAsync(
              () -> {
                try {
                  countTo(sent, client::send);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                client.endOutput();
              });
      assertStops(sites.landing, sent);
      go.countDown();
      assertThat(WebSockets.of(read)).isEqualTo(ALL_BYTES);
      WebSockets.of(all);
      assertThat(client.readToEnd()).isEmpty();
      sites.awaitNone();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTunnelInWhichNothingMovesIsEndedInOrder(boolean forwarded) {
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> end = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> {
          first.complete(in.read());
          end.complete(in.read());
        };
    try (TestBackend backend = WebSockets.backend(talk);
        Sites sites = new Sites(forwarded, backend);
        RawClient client = sites.open()) {
      // Longer than any time that an ordinary request has.
      sites.nyc.letPass(599_000);
      sites.fra.letPass(599_000);
      client.send("x");
      assertThat(WebSockets.of(first)).isEqualTo('x');
      sites.nyc.letPass(599_000);
      sites.fra.letPass(599_000);
      assertThat(sites.tunnels().open()).isEqualTo(1);
      sites.landing.letPass(2_000);
      assertThat(client.isReset()).isFalse();
      assertThat(WebSockets.of(end)).isEqualTo(-1);
      sites.awaitNone();
      assertThat(sites.tunnels()).isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 1, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void beyondTheMostThereMayBeIs503(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        Sites sites = new Sites(forwarded, backends(backend), atMost(1));
        RawClient second = sites.client()) {
      try (RawClient first = sites.open()) {
        RawClient.Answer refused = second.send(WebSockets.REQUEST).read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.all("proxy-status").toString())
            .contains("connection_limit_reached", "TOO_MANY_TUNNELS");
        assertThat(refused.field("retry-after")).isPresent();
        assertThat(sites.tunnels().refused()).isEqualTo(1);
        assertThat(backend.received).hasSize(1);
        assertThat(second.send(GET).read().body()).isEqualTo("plain");
        first.endOutput();
        assertThat(first.readToEnd()).isEmpty();
      }
      sites.awaitNone();
      assertThat(second.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
    }
  }

  @Test
  void aNodeAtItsMostHandsTheRequestBackToTheOneThatForwardedIt() {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2, atMost(1));
        TestSite sin = new TestSite("sin", 3);
        TestSite fra = new TestSite("fra", 1)) {
      nyc.publish(Signal.UP, backends(backend));
      sin.publish(Signal.UP, backends(backend));
      fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1), sin.candidate(Signal.UP, 2));
      try (RawClient first = new RawClient(fra.http()).send(WebSockets.REQUEST);
          RawClient second = new RawClient(fra.http())) {
        assertThat(first.readHead().status()).isEqualTo(101);
        assertThat(second.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
        assertThat(nyc.edge().stats().tunnels().refused()).isEqualTo(1);
        assertThat(sin.edge().stats().tunnels().open()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServiceThatGoesDownCutsNoTunnel(boolean forwarded) {
    try (TestBackend backend = WebSockets.echo();
        Sites sites = new Sites(forwarded, backend);
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

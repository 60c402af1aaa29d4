package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.WebSockets;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.server.TestSite;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket over HTTP/2 (RFC 8441), from clients and between nodes. */
class ExtendedConnectTest {
  /** SETTINGS_ENABLE_CONNECT_PROTOCOL. */
  private static final byte[] OFFER = {0, 8, 0, 0, 0, 1};

  private static byte[] connect(String... more) {
    return RawFrames.joined(H2Client.webSocket(), H2Client.fields(more));
  }

  private static RawFrames data(int stream, boolean ended, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return new RawFrames().frame(RawFrames.DATA, ended ? RawFrames.END_STREAM : 0, stream, bytes);
  }

  private static boolean has(byte[] settings, byte[] parameter) {
    return new String(settings, StandardCharsets.ISO_8859_1)
        .contains(new String(parameter, StandardCharsets.ISO_8859_1));
  }

  private static void awaitBody(H2Client client, int stream, String text) throws Exception {
    while (!client.body(stream).equals(text)) {
      assertThat(text).startsWith(client.body(stream));
      client.await(f -> f.type() == RawFrames.DATA);
    }
  }

  /** A site with the backend, and one that forwards to it. */
  private static TestSite landing(boolean forwarded, TestSite nyc, TestSite fra, TestBackend at) {
    nyc.publish(Signal.UP, backends(at));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    return forwarded ? fra : nyc;
  }

  private static void awaitNone(TestSite... sites) {
    for (TestSite each : sites) {
      TestSite.await("all is over", () -> each.edge().stats().requestsInProgress() == 0);
      assertThat(each.edge().stats().tunnels().open()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bytesPassInBothDirections(boolean forwarded) throws Exception {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1)) {
      TestSite landing = landing(forwarded, nyc, fra, backend);
      try (H2Client client = H2Client.open(landing.http())) {
        RawFrames.Frame settings = client.await(f -> f.type() == RawFrames.SETTINGS);
        assertThat(has(settings.payload(), OFFER)).isTrue();
        // What comes before the answer is of the protocol too.
        client.send(
            new RawFrames()
                .headers(1, false, connect("sec-websocket-key", "its own is not used"))
                .raw(data(1, false, "one").bytes(), data(1, false, "one").bytes().length));
        awaitBody(client, 1, "one");
        assertThat(client.statuses()).containsExactly("200");
        assertThat(client.lastHead().get("sec-websocket-protocol")).isEqualToIgnoringCase("chat");
        for (String absent :
            List.of("sec-websocket-accept", "upgrade", "connection", "landfall-upgraded")) {
          assertThat(client.lastHead().contains(absent)).as(absent).isFalse();
        }
        client.send(data(1, false, "two"));
        awaitBody(client, 1, "onetwo");
        client.send(data(1, true, "three")).awaitEnd(1);
        assertThat(client.body(1)).isEqualTo("onetwothree");
        assertThat(client.seen().stream().noneMatch(f -> f.type() == RawFrames.RST_STREAM))
            .isTrue();
        client.send(new RawFrames().headers(3, true, H2Client.request("GET", "/"))).awaitEnd(3);
        assertThat(client.body(3)).isEqualTo("plain");
        TestBackend.Received request = backend.received.getFirst();
        assertThat(request.line()).isEqualTo("GET /chat HTTP/1.1");
        assertThat(request.all("upgrade")).containsExactly("websocket");
        assertThat(request.all("sec-websocket-key")).hasSize(1);
        assertThat(request.all("sec-websocket-key").getFirst()).hasSize(24);
        assertThat(request.all("sec-websocket-version")).containsExactly("13");
        awaitNone(nyc, fra);
        assertThat(landing.edge().stats().tunnels())
            .isEqualTo(new EdgeStats.Tunnels(0, 1, 0, 0, 0, 0));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOrdinaryAnswerIsNoTunnel(boolean forwarded) throws Exception {
    TestBackend.Behaviour behaviour =
        (request, in, out) ->
            request.line().contains("chat")
                ? TestBackend.raw(out, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
                : TestBackend.ok(out, "a page");
    try (TestBackend backend = new TestBackend(behaviour);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(forwarded, nyc, fra, backend).http())) {
      client.send(new RawFrames().headers(1, false, connect())).awaitEnd(1);
      assertThat(client.statuses()).containsExactly("403");
      assertThat(client.body(1)).isEqualTo("no");
      byte[] other =
          H2Client.fields(
              ":method",
              "CONNECT",
              ":protocol",
              "websocket",
              ":scheme",
              "http",
              ":path",
              "/",
              ":authority",
              "shop.test");
      // A success would be taken for a tunnel.
      client.send(new RawFrames().headers(3, false, other)).awaitEnd(3);
      assertThat(client.statuses()).containsExactly("403", "502");
      assertThat(client.lastHead().get("proxy-status").toString()).contains("UPGRADE_IGNORED");
      awaitNone(nyc, fra);
    }
  }

  @Test
  void whatIsNotOfferedIsRefused() throws Exception {
    try (TestBackend backend = WebSockets.echo();
        TestSite fra = new TestSite("fra", 1)) {
      fra.publish(Signal.UP, backends(backend));
      try (H2Client client = H2Client.open(fra.http())) {
        byte[] udp =
            H2Client.fields(
                ":method",
                "CONNECT",
                ":protocol",
                "connect-udp",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "shop.test");
        byte[] unknown =
            H2Client.fields(
                ":method",
                "CONNECT",
                ":protocol",
                "websocket",
                ":scheme",
                "http",
                ":path",
                "/",
                ":authority",
                "other.test");
        client.send(new RawFrames().headers(1, false, udp)).awaitEnd(1);
        assertThat(client.lastHead().get("proxy-status").toString())
            .contains("UPGRADE_NOT_ALLOWED");
        client
            .send(
                new RawFrames()
                    .headers(
                        3,
                        true,
                        H2Client.fields(":method", "CONNECT", ":authority", "shop.test:1")))
            .awaitEnd(3)
            .send(
                new RawFrames()
                    .headers(5, true, H2Client.request("GET", "/", ":protocol", "websocket")))
            .awaitEnd(5)
            .send(new RawFrames().headers(7, false, connect("content-length", "3")))
            .awaitEnd(7)
            .send(new RawFrames().headers(9, false, unknown))
            .awaitEnd(9);
        assertThat(client.statuses()).containsExactly("501", "501", "400", "400", "421");
        assertThat(backend.received).isEmpty();
        awaitNone(fra);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheClientIsOneAtTheBackend(boolean forwarded) throws Exception {
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
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(forwarded, nyc, fra, backend).http())) {
      client.send(new RawFrames().headers(1, false, connect()));
      client.await(f -> f.type() == RawFrames.HEADERS);
      client.send(new RawFrames().reset(1));
      assertThat(WebSockets.of(end)).isEqualTo("Connection reset");
      awaitNone(nyc, fra);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResetOfTheBackendIsOneOfTheStream(boolean forwarded) throws Exception {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(forwarded, nyc, fra, backend).http())) {
      client.send(new RawFrames().headers(1, false, connect()));
      client.await(f -> f.type() == RawFrames.HEADERS);
      backend.accepted.getLast().setSoLinger(true, 0);
      backend.accepted.getLast().close();
      RawFrames.Frame reset = client.await(f -> f.type() == RawFrames.RST_STREAM);
      assertThat(reset.error()).isEqualTo((int) Http2Error.CONNECT_ERROR.code());
      awaitNone(nyc, fra);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatEndsItsDirectionGoesOnReading(boolean forwarded) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    WebSockets.Talk talk =
        (in, out) -> heard.complete(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
    try (TestBackend backend = WebSockets.backend(talk);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(forwarded, nyc, fra, backend).http())) {
      client.send(new RawFrames().headers(1, false, connect()));
      client.await(f -> f.type() == RawFrames.HEADERS);
      backend.accepted.getLast().shutdownOutput();
      client.awaitEnd(1);
      client.send(data(1, false, "late")).send(data(1, true, "r"));
      assertThat(WebSockets.of(heard)).isEqualTo("later");
      awaitNone(nyc, fra);
      assertThat(nyc.edge().stats().tunnels().broken()).isZero();
    }
  }

  private static long heldBytes(TestSite site) {
    Channel channel = site.overlayChannels.getFirst();
    InputMemory held = channel.pipeline().get(H2FromNode.class).loop().inputMemory();
    return channel.eventLoop().submit(held::heldBytes).syncUninterruptibly().getNow();
  }

  /** Sends until a part of it waits in the site for its backend, and returns how much that was. */
  private static long fill(H2Client client, TestSite site) throws Exception {
    byte[] piece = new byte[16_000];
    long sent = 0;
    while (heldBytes(site) == 0) {
      client.send(new RawFrames().frame(RawFrames.DATA, 0, 1, piece).ping());
      client.await(f -> f.type() == RawFrames.PING && f.flags() == 1);
      sent += piece.length;
    }
    return sent;
  }

  /** Both ends of the stream have come, and with them it is closed, before all is handed over. */
  @Test
  void whatComesLastReachesABackendThatEndedFirstAndReadsSlowly() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Long> read = new CompletableFuture<>();
    WebSockets.Talk slow =
        (in, out) -> {
          TestBackend.holdUntil(go);
          read.complete(in.transferTo(OutputStream.nullOutputStream()));
        };
    try (TestBackend backend = WebSockets.backend(slow);
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        H2Client client = H2Client.open(landing(true, nyc, fra, backend).http())) {
      client.send(new RawFrames().headers(1, false, connect()));
      client.await(f -> f.type() == RawFrames.HEADERS);
      backend.accepted.getLast().shutdownOutput();
      client.awaitEnd(1);
      long sent = fill(client, nyc);
      client.send(data(1, true, "last"));
      TestSite.await("all is sent", () -> fra.edge().stats().requestsInProgress() == 0);
      go.countDown();
      assertThat(WebSockets.of(read)).isEqualTo(sent + 4);
      awaitNone(nyc, fra);
      assertThat(nyc.edge().stats().tunnels().broken()).isZero();
      assertThat(heldBytes(nyc)).isZero();
    }
  }

  @Test
  void aNodeThatOffersNoneIsNotAsked() throws Exception {
    try (Impostor old = new Impostor(stream -> new RawFrames());
        TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      nyc.publish(Signal.UP, backends(backend));
      fra.publish(
          Signal.DOWN, List.of(), TestSite.impostor(9, old.address()), nyc.candidate(Signal.UP, 2));
      assertThat(client.send(WebSockets.REQUEST).readHead().status()).isEqualTo(101);
      assertThat(old.asked.get()).isZero();
      assertThat(nyc.edge().stats().tunnels().open()).isEqualTo(1);
    }
  }

  @Test
  void anAcceptanceOfSomethingElseByANodeIs502() throws Exception {
    byte[] accepted = H2Client.fields(":status", "200", "landfall-upgraded", "chat");
    RawFrames offer = new RawFrames().settings(8, 1);
    try (Impostor wrong =
            new Impostor(stream -> new RawFrames().headers(stream, false, accepted), offer);
        TestSite fra = new TestSite("fra", 1);
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.DOWN, List.of(), TestSite.impostor(9, wrong.address()));
      assertThat(client.send(WebSockets.REQUEST).read().status()).isEqualTo(502);
      assertThat(wrong.asked.get()).isEqualTo(1);
    }
  }

  /** One event loop, and one connection of four streams to another node. */
  private static EdgeSettings fourStreams(EdgeSettings c) {
    EdgeLimits usual = EdgeLimits.defaults();
    EdgeLimits limits =
        new EdgeLimits(
            usual.messages(),
            new EdgeLimits.Connections(100, 100, 100, 1, 4),
            usual.attempts(),
            usual.windows());
    return new EdgeSettings(
        c.node(), c.identity(), c.cdnId(), c.listeners(), 1, limits, c.timeouts());
  }

  private static RawClient openTunnel(TestSite at) {
    RawClient client = new RawClient(at.http()).send(WebSockets.REQUEST);
    assertThat(client.readHead().status()).isEqualTo(101);
    return client;
  }

  private static boolean opens(RawClient client) {
    RawClient.Answer answer = client.send(WebSockets.REQUEST).readHead();
    if (answer.status() != 101) {
      assertThat(client.readBody(answer)).isNotEmpty();
    }
    return answer.status() == 101;
  }

  @Test
  void tunnelsLeaveHalfOfTheStreamsToANodeForRequests() {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1, ExtendedConnectTest::fourStreams);
        RawClient first = openTunnel(landing(true, nyc, fra, backend));
        RawClient second = openTunnel(fra);
        RawClient client = new RawClient(fra.http())) {
      RawClient.Answer refused = client.send(WebSockets.REQUEST).read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.field("proxy-status").orElseThrow())
          .contains("connection_limit_reached", "TOO_MANY_TUNNELS_THERE");
      assertThat(fra.edge().stats().tunnels().turnedAway()).isEqualTo(1);
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("plain");
      assertThat(second.send("hello").readExactly(5)).asString().isEqualTo("hello");
      first.endOutput();
      assertThat(first.isEnded()).isTrue();
      TestSite.await("a tunnel has left its place", () -> opens(client));
    }
  }

  @Test
  void tunnelsCountThatOutliveTheSessionWithTheirNode() {
    try (TestBackend backend = WebSockets.echo();
        TestSite nyc = new TestSite("nyc", 2);
        TestSite fra = new TestSite("fra", 1, ExtendedConnectTest::fourStreams);
        RawClient first = openTunnel(landing(true, nyc, fra, backend));
        RawClient second = openTunnel(fra);
        RawClient client = new RawClient(fra.http())) {
      fra.edge().peerLeft(nyc.identity);
      // Behind it on the same event loop, and on another connection.
      assertThat(RawClient.get(fra.http(), "shop.test", "/").body()).isEqualTo("plain");
      assertThat(client.send(WebSockets.REQUEST).read().status()).isEqualTo(503);
      assertThat(fra.edge().stats().tunnels().turnedAway()).isEqualTo(1);
      assertThat(second.send("hello").readExactly(5)).asString().isEqualTo("hello");
      first.endOutput();
      assertThat(first.isEnded()).isTrue();
      TestSite.await("a tunnel has left its place", () -> opens(client));
    }
  }
}

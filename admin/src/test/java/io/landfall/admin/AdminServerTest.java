package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.RouteRow;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The admin API over real sockets, with a node that only remembers what it was told. */
class AdminServerTest {
  @TempDir Path temp;
  private final FakeBackend backend = new FakeBackend();
  private Path socket;
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    socket = temp.resolve("run/a.sock");
    server = AdminServer.start(config(), backend, FakeMetrics::new);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AdminServer.Listeners config() {
    return new AdminServer.Listeners(
        socket,
        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        Optional.empty());
  }

  private String unix(String method, String path, String body) throws IOException {
    return UnixHttp.exchange(
        UnixDomainSocketAddress.of(socket), UnixHttp.request(method, path, body));
  }

  private String tcp(String request) throws IOException {
    SocketAddress address = server.metricsAddress().orElseThrow();
    return UnixHttp.exchange(address, request);
  }

  @Test
  void aViewIsExactlyItsJson() throws IOException {
    String answer = unix("GET", "/v1/show/routes", "");

    assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: application/json");
    assertThat(answer)
        .endsWith(
            "\r\n\r\n"
                + JsonWriter.text(
                    List.of(
                        new RouteRow(
                            "10.32.1.10",
                            "service",
                            "shop",
                            List.of(
                                new RouteRow.Path(
                                    "10.32.0.2",
                                    "nyc",
                                    true,
                                    0,
                                    100,
                                    12.34567,
                                    "DRAINING",
                                    Optional.empty()))))));
    for (String view :
        new String[] {
          "peers",
          "services",
          "ingress",
          "refused",
          "decisions",
          "bfd",
          "revocations",
          "tunnels",
          "tls",
          "cache"
        }) {
      assertThat(unix("GET", "/v1/show/" + view, "")).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void explainTakesAUrlWithOrWithoutItsScheme() throws IOException {
    String wanted = JsonWriter.text(backend.explain(FakeBackend.routed("/a"), true));
    assertThat(unix("GET", "/v1/explain?url=shop.example/a", "")).endsWith(wanted);
    assertThat(unix("GET", "/v1/explain?url=https%3A%2F%2FSHOP.example%3A8443%2Fa%3Fq", ""))
        .endsWith(wanted);
    assertThat(unix("GET", "/v1/explain", "")).startsWith("HTTP/1.1 400 ").contains("give one URL");
    assertThat(unix("GET", "/v1/explain?url=%20", "")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("GET", "/v1/explain?url=ftp%3A%2F%2Fx%2F", "")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("GET", "/v1/explain?url=shop.example%3A65535", "")).endsWith(rootOfShop());
    assertThat(unix("GET", "/v1/explain?url=shop.example%2F%3Fu%3Dhttp%3A%2F%2Fx%3A0", ""))
        .endsWith(rootOfShop());
    for (String port : List.of("99999", "65536", "0")) {
      assertThat(unix("GET", "/v1/explain?url=shop.example%3A" + port, ""))
          .startsWith("HTTP/1.1 400 ")
          .contains("has the port " + port + "; a port is 1 to 65535");
    }
  }

  private String rootOfShop() {
    return JsonWriter.text(backend.explain(FakeBackend.routed("/"), true));
  }

  private static AdminHandler.Factory answeringAfter(CountDownLatch answer) {
    return AdminHandler.overLoopback(
        request -> {
          try {
            answer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return AdminAnswer.problem(503, "the test is over");
        });
  }

  @Test
  void whatIsPipelinedAfterTheOneRequestIsNotAnswered() {
    EmbeddedChannel client = new EmbeddedChannel();
    CountDownLatch answer = new CountDownLatch(1);
    AdminHandler.addTo(client, answeringAfter(answer), new AdminConnections());
    String asks =
        "POST /v1/drain HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            + "Content-Length: 2\r\n\r\n{}";
    for (int i = 0; i < 1_000; i++) {
      client.writeInbound(Unpooled.copiedBuffer(asks, StandardCharsets.US_ASCII));
    }
    assertThat(client.outboundMessages()).as("100 Continue, once").hasSize(1);
    answer.countDown();
    client.finishAndReleaseAll();
  }

  @Test
  void aTooLargeRequestThatArrivesInOneReadWithAnotherIsNotTheOthersAnswer() {
    EmbeddedChannel client = new EmbeddedChannel();
    CountDownLatch answer = new CountDownLatch(1);
    AdminHandler.addTo(client, answeringAfter(answer), new AdminConnections());
    String asks =
        "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
            + "POST /v1/drain HTTP/1.1\r\nHost: x\r\nContent-Length: "
            + (AdminHandler.MAX_BODY_BYTES + 1)
            + "\r\n\r\n{}";
    client.writeInbound(Unpooled.copiedBuffer(asks, StandardCharsets.US_ASCII));
    assertThat(client.outboundMessages()).isEmpty();
    answer.countDown();
    client.finishAndReleaseAll();
  }

  @Test
  void aQuestionThatBreaksIsAnsweredAndItsConnectionEnds() throws IOException {
    Deque<Error> errors =
        new ConcurrentLinkedDeque<>(
            List.of(new StackOverflowError(), new NoClassDefFoundError("no descriptor for it")));
    AdminServer.Listeners own =
        new AdminServer.Listeners(
            temp.resolve("run/broken.sock"),
            Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty());
    try (AdminServer breaking =
        AdminServer.start(
            own,
            backend,
            () -> {
              throw errors.remove();
            })) {
      while (!errors.isEmpty()) {
        assertThat(
                UnixHttp.exchange(
                    breaking.metricsAddress().orElseThrow(),
                    "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .startsWith("HTTP/1.1 500 ");
      }
    }
  }

  @Test
  void oddRequestsAreAnsweredOrClosedAndTheNextOneIsServed() throws IOException {
    String loopback = "Host: localhost\r\n\r\n";
    for (String odd :
        List.of(
            "GET /" + "a".repeat(10_000) + " HTTP/1.1\r\n" + loopback,
            "GET /metrics HTTP/1.1\r\nX: " + "a".repeat(20_000) + "\r\n" + loopback,
            "GET /%zz HTTP/1.1\r\n" + loopback,
            "GET /v1/show/routes?for=%ff%fe HTTP/1.1\r\n" + loopback,
            "GET http://evil.example/v1/show/peers HTTP/1.1\r\n" + loopback,
            "OPTIONS * HTTP/1.1\r\n" + loopback,
            "CONNECT localhost:80 HTTP/1.1\r\n" + loopback,
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\r\n\r\nGET /metrics HTTP/1.0\r\n" + loopback,
            "POST /v1/drain HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n"
                + loopback
                + "zz\r\n",
            "GET /metrics HTTP/1.1\r\nHost: localhost:\r\n\r\n",
            "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n",
            "GET /metrics HTTP/1.1\r\nHost: localhost, evil.example\r\n\r\n")) {
      assertThat(tcp(odd)).as(odd.lines().toList().toString()).doesNotContain("HTTP/1.1 5");
      assertThat(tcp("GET /metrics HTTP/1.1\r\n" + loopback)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void commandsReachTheNode() throws IOException {
    assertThat(unix("PUT", "/v1/services/shop", "{\"ttlMillis\": 5000}"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .endsWith("{\"message\":\"shop: done\"}\n");
    assertThat(unix("PUT", "/v1/services/shop", "")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("DELETE", "/v1/services/shop", "")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/drain", "{\"service\":\"shop\"}")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/drain", "{\"service\":\"shop\",\"backend\":\"http://a:1\"}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/undrain", "{\"service\":\"shop\",\"backend\":\"http://a:1\"}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/drain", "{\"node\":true,\"backend\":\"http://a:1\"}"))
        .startsWith("HTTP/1.1 400 ")
        .contains("'backend' needs the 'service' whose it is");
    assertThat(unix("POST", "/v1/drain", "{\"node\":true}")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/undrain", "{\"service\":\"shop\"}")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/undrain", "{\"node\":true}"))
        .startsWith("HTTP/1.1 409 ")
        .contains("application/problem+json")
        .endsWith(
            "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409,\"detail\":\"the node"
                + " does not drain\"}\n");
    assertThat(unix("POST", "/v1/reload", "{}")).contains("2 entries in force");
    backend.broken = true;
    assertThat(unix("POST", "/v1/reload", ""))
        .startsWith("HTTP/1.1 409 ")
        .contains("revoked:3: bad");
    assertThat(backend.commands)
        .containsExactly(
            "announce shop OptionalLong[5000]",
            "announce shop OptionalLong.empty",
            "withdraw shop",
            "drain shop",
            "drain http://a:1 of shop",
            "undrain http://a:1 of shop",
            "drain node",
            "undrain shop",
            "undrain node",
            "reload",
            "reload");
  }

  @Test
  void maintenanceIsSwitchedOverTheUnixSocket() throws IOException {
    String path = "/v1/maintenance";
    assertThat(unix("POST", path, "{\"service\":\"shop\",\"on\":true}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", path, "{\"service\":\"shop\",\"on\":true,\"retryAfterSeconds\":120}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", path, "{\"service\":\"shop\",\"on\":false}"))
        .startsWith("HTTP/1.1 200 ");
    assertThat(backend.commands)
        .containsExactly(
            "maintenance shop true 0", "maintenance shop true 120", "maintenance shop false 0");
    assertThat(unix("POST", path, "{\"service\":\"nope\",\"on\":true}"))
        .startsWith("HTTP/1.1 404 ");
    for (String wrong :
        List.of(
            "{}",
            "{\"service\":\"shop\"}",
            "{\"service\":\"shop\",\"on\":1}",
            "{\"service\":\"shop\",\"on\":true,\"retryAfterSeconds\":0}",
            "{\"service\":\"shop\",\"on\":true,\"retryAfterSeconds\":86401}",
            "{\"service\":\"shop\",\"on\":false,\"retryAfterSeconds\":5}")) {
      assertThat(unix("POST", path, wrong)).as(wrong).startsWith("HTTP/1.1 400 ");
    }
    assertThat(unix("GET", path, "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("PUT", path, "{}")).startsWith("HTTP/1.1 405 ");
  }

  @Test
  void theConfigIsChangedOverTheUnixSocketOnly() throws Exception {
    assertThat(unix("GET", "/v1/show/configuration", "")).contains("\"hash\":\"0123456789ab\"");
    assertThat(unix("POST", "/v1/configure/apply", "{\"file\":\"/n.yaml\",\"confirmSeconds\":60}"))
        .contains("generation 2 is in force");
    assertThat(backend.commands.getLast()).startsWith("apply /n.yaml 60000 uid ");
    assertThat(unix("POST", "/v1/configure/confirm", "{}")).startsWith("HTTP/1.1 409 ");
    assertThat(unix("POST", "/v1/configure/undo", "{}")).startsWith("HTTP/1.1 200 ");
    assertThat(unix("POST", "/v1/configure/diff", "{\"file\":\"/n.yaml\"}"))
        .contains("log.level", "/n.yaml: is wrong");
    for (String wrong :
        List.of(
            "{}",
            "{\"file\":\"n.yaml\"}",
            "{\"file\":7}",
            "{\"file\":\"/n\",\"confirmSeconds\":0}")) {
      assertThat(unix("POST", "/v1/configure/apply", wrong)).startsWith("HTTP/1.1 400 ");
    }
    assertThat(unix("POST", "/v1/configure/else", "{}")).startsWith("HTTP/1.1 404 ");
    assertThat(unix("GET", "/v1/configure/apply", "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("PUT", "/v1/configure/apply", "{}")).startsWith("HTTP/1.1 405 ");
  }

  @Test
  void wrongCommandsAreAnsweredWithASentenceAndDoNothing() throws IOException {
    assertThat(unix("PUT", "/v1/services/nope", "")).startsWith("HTTP/1.1 404 ").contains("shop");
    assertThat(unix("PUT", "/v1/services/Shop", "")).startsWith("HTTP/1.1 400 ").contains("label");
    assertThat(unix("PUT", "/v1/services/shop", "{\"ttl\":5}"))
        .startsWith("HTTP/1.1 400 ")
        .contains("unknown key 'ttl'; known: ttlMillis");
    assertThat(unix("PUT", "/v1/services/shop", "{\"ttlMillis\":0}")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("PUT", "/v1/services/shop", "{\"ttlMillis\":1e3}")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("PUT", "/v1/services/shop", "{")).startsWith("HTTP/1.1 400 ").contains("JSON");
    assertThat(unix("POST", "/v1/drain", "{}")).startsWith("HTTP/1.1 400 ").contains("say what");
    assertThat(unix("POST", "/v1/drain", "{\"node\":false}")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("POST", "/v1/drain", "{\"node\":true,\"service\":\"shop\"}"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(unix("GET", "/v1/drain", "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("GET", "/v1/reload", "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("DELETE", "/v1/reload", "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("POST", "/v1/reload", "{\"now\":true}")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("POST", "/v1/show/routes", "")).startsWith("HTTP/1.1 405 ");
    assertThat(unix("GET", "/v1/show/everything", ""))
        .startsWith("HTTP/1.1 404 ")
        .contains("routes, peers");
    assertThat(unix("GET", "/", "")).startsWith("HTTP/1.1 404 ");
    assertThat(unix("PUT", "/v1/services/shop", "x".repeat(20_000))).startsWith("HTTP/1.1 413 ");
    assertThat(backend.commands).isEmpty();
  }

  @Test
  void loopbackMayReadAndNotSteer() throws IOException {
    assertThat(tcp(UnixHttp.request("GET", "/metrics", "")))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("landfall_requests_total{");
    assertThat(tcp(UnixHttp.request("GET", "/v1/show/peers", ""))).startsWith("HTTP/1.1 200 ");
    assertThat(tcp(UnixHttp.request("POST", "/v1/drain", "{\"node\":true}")))
        .startsWith("HTTP/1.1 405 ")
        .contains("read-only");
    assertThat(tcp(UnixHttp.request("POST", "/v1/reload", ""))).startsWith("HTTP/1.1 405 ");
    assertThat(tcp(UnixHttp.request("DELETE", "/v1/services/shop", "")))
        .startsWith("HTTP/1.1 405 ");
    assertThat(backend.commands).isEmpty();
  }

  @Test
  void loopbackRefusesAnotherNamesHostHeader() throws IOException {
    assertThat(tcp("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(tcp("GET /metrics HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403 ");
    for (String good : new String[] {"127.0.0.1:9100", "[::1]:9100", "localhost", "127.9.9.9"}) {
      assertThat(AdminApi.isLoopbackHost(good)).as(good).isTrue();
    }
    for (String bad : new String[] {"", "127.0.0.1.evil.example", "[::2]", "1270.0.0.1"}) {
      assertThat(AdminApi.isLoopbackHost(bad)).as(bad).isFalse();
    }
  }

  @Test
  void whatCannotBeHadNowIsASentenceAndNoTraceInTheLog() throws IOException {
    Logger log = (Logger) LoggerFactory.getLogger(AdminApi.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      backend.broken = true;
      assertThat(unix("GET", "/v1/dump/mrt", ""))
          .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
          .contains("application/problem+json")
          .contains("\"title\":\"Service Unavailable\"")
          .contains("\"detail\":\"the dump was not ready in time\"");
      assertThat(lines.list).isEmpty();
    } finally {
      log.detachAppender(lines);
    }
  }

  /** Who asks at two in the morning who drained it, reads this line. */
  @Test
  void eachCommandIsLoggedWithWhoGaveIt() throws IOException {
    Logger log = (Logger) LoggerFactory.getLogger(AdminApi.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      unix("POST", "/v1/drain", "{\"service\":\"shop\"}");
      assertThat(lines.list)
          .singleElement()
          .satisfies(
              line ->
                  assertThat(line.getKeyValuePairs())
                      .extracting(pair -> pair.key + "=" + pair.value)
                      .contains("command=drain", "what=shop", "result=shop: done")
                      .contains("pid=" + ProcessHandle.current().pid())
                      .anyMatch(pair -> pair.startsWith("uid=")));
    } finally {
      log.detachAppender(lines);
    }
  }

  @Test
  void queriesOfClientsStandInDecisionsOverTheUnixSocketOnly() throws IOException {
    assertThat(unix("GET", "/v1/show/decisions", "")).contains("\"path\":\"/a?token=secret\"");
    assertThat(tcp("GET /v1/show/decisions HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"path\":\"/a\"")
        .doesNotContain("secret");
  }

  @Test
  void overTcpExplainDoesNotTellWhatIsCached() throws IOException {
    String get = "GET /v1/explain?url=shop.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assertThat(tcp(get)).startsWith("HTTP/1.1 200 ").contains("\"cache\":null");
    assertThat(unix("GET", "/v1/explain?url=shop.example/a", "")).contains("\"cache\":{");
  }

  @Test
  void twoHostFieldsAreRefusedOverTcp() throws IOException {
    assertThat(tcp("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("one Host field");
  }

  @Test
  void twoHostFieldsAreRefusedOverTheUnixSocketWhereNoneIsAllowed() throws IOException {
    String get = "GET /v1/show/peers HTTP/1.1\r\n";
    for (String other : List.of("evil.example", "localhost")) {
      assertThat(overUnix(get + "Host: localhost\r\nhost: " + other + "\r\n\r\n"))
          .startsWith("HTTP/1.1 400 ")
          .contains("one Host field");
    }
    assertThat(overUnix(get + "\r\n")).startsWith("HTTP/1.1 200 ");
  }

  private String overUnix(String request) throws IOException {
    return UnixHttp.exchange(UnixDomainSocketAddress.of(socket), request);
  }

  @Test
  void idleConnectionsKeepNoScrapeOut() throws IOException {
    SocketAddress address = server.metricsAddress().orElseThrow();
    List<SocketChannel> idle = new ArrayList<>();
    try {
      for (int i = 0; i < AdminConnections.MAX_CONNECTIONS + 3; i++) {
        SocketChannel one = SocketChannel.open(address);
        one.write(ByteBuffer.wrap("GET /metrics HT".getBytes(StandardCharsets.US_ASCII)));
        idle.add(one);
      }
      assertThat(tcp("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"))
          .startsWith("HTTP/1.1 200 ");
    } finally {
      for (SocketChannel one : idle) {
        one.close();
      }
    }
  }

  @Test
  void aClientThatEndsItsHalfAfterTheRequestGetsItsAnswer() throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(
          ByteBuffer.wrap(
              UnixHttp.request("GET", "/v1/show/services", "").getBytes(StandardCharsets.UTF_8)));
      client.shutdownOutput();
      assertThat(new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200 ")
          .endsWith(JsonWriter.text(backend.services()));
    }
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      client.write(ByteBuffer.wrap("GET /v1/sh".getBytes(StandardCharsets.UTF_8)));
      client.shutdownOutput();
      assertThat(Channels.newInputStream(client).readAllBytes()).isEmpty();
    }
  }

  @Test
  void aBrokenBackendIsAnAnswerNotAHang() throws IOException {
    AdminApi api =
        new AdminApi(backend, new io.landfall.admin.metrics.MetricsText(FakeMetrics::new));
    backend.broken = true;
    AdminAnswer answer =
        api.handle(
            new AdminRequest(
                "GET",
                "/v1/show/routes",
                java.util.Map.of(),
                "",
                "",
                new AdminRequest.Caller.Local(Optional.empty())));
    assertThat(answer.status()).isEqualTo(500);
    assertThat(unix("GET", "/v1/show/routes", "")).contains("the control thread is gone");
  }
}

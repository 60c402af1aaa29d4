package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads that name something, the stream of changes, and the looking glass, over real sockets. */
class RoutingApiTest {
  @TempDir Path temp;
  private final FakeBackend backend = new FakeBackend();
  private Path socket;
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    socket = temp.resolve("a.sock");
    Optional<InetSocketAddress> loopback =
        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server =
        AdminServer.start(
            new AdminServer.Listeners(socket, loopback, loopback), backend, FakeMetrics::new);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String unix(String path) throws IOException {
    return UnixHttp.exchange(UnixDomainSocketAddress.of(socket), UnixHttp.request("GET", path, ""));
  }

  private String glass(String method, String path) throws IOException {
    SocketAddress address = server.lookingGlassAddress().orElseThrow();
    return UnixHttp.exchange(address, UnixHttp.request(method, path, ""));
  }

  @Test
  void anAnswerThatIsLateIs503() throws IOException {
    backend.routing.late = true;
    assertThat(unix("/v1/show/routes"))
        .startsWith("HTTP/1.1 503 ")
        .contains("the control thread did not answer in time");
  }

  @Test
  void aWrongQuestionIs400AndOneWithoutAnAnswerIs404() throws IOException {
    assertThat(unix("/v1/show/routes?for=10.32.1.10&all=true"))
        .startsWith("HTTP/1.1 200 ")
        .contains("[{\"address\":\"10.32.1.10\",\"kind\":\"service\",\"name\":\"shop\"");
    assertThat(backend.routing.asked)
        .isEqualTo(new RouteQuery(Optional.of("10.32.1.10"), Optional.empty(), true));
    assertThat(unix("/v1/show/routes?for=10.32.1.11")).endsWith("[]\n");
    assertThat(unix("/v1/show/routes?for=192.0.2.1"))
        .startsWith("HTTP/1.1 400 ")
        .contains("no host of the block");
    assertThat(unix("/v1/show/routes?of=x"))
        .startsWith("HTTP/1.1 400 ")
        .contains("unknown parameter 'of'; known: [all, for, from]");
    assertThat(unix("/v1/show/routes?for=a&for=b")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("/v1/show/peers?peer=nyc"))
        .startsWith("HTTP/1.1 200 ")
        .contains("{\"name\":\"nyc\",", "\"flaps\":2,");
    assertThat(unix("/v1/show/refused?peer=nxc"))
        .startsWith("HTTP/1.1 404 ")
        .contains("did you mean nyc?");
    assertThat(unix("/v1/show/routes")).contains("\"kind\":\"service\"");
  }

  private static MonitorEvent event(int number) {
    return new MonitorEvent(
        Instant.EPOCH,
        "refused",
        "not-entitled",
        new MonitorEvent.Subject(Optional.of("nyc"), Optional.empty(), Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        "event " + number);
  }

  /** Connects, asks, and reads until the head and the first line are there. */
  private BufferedReader watch(SocketChannel channel) throws IOException {
    channel.write(ByteBuffer.wrap(UnixHttp.request("GET", "/v1/monitor", "").getBytes(UTF_8)));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8));
    List<String> head = new ArrayList<>();
    String line = in.readLine();
    while (!line.isEmpty()) {
      head.add(line);
      line = in.readLine();
    }
    assertThat(head)
        .contains(
            "HTTP/1.1 200 OK", "content-type: application/x-ndjson", "transfer-encoding: chunked");
    in.readLine(); // The chunk's length.
    assertThat(in.readLine()).contains("\"type\":\"watching\"");
    return in;
  }

  @Test
  void aWatcherGetsEachEventAsALine() throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      BufferedReader in = watch(channel);
      backend.routing.hub.emit(event(1));
      String line = in.readLine();
      while (!line.contains("event 1")) {
        line = in.readLine();
      }
      assertThat(line)
          .startsWith("{\"time\":\"1970-01-01T00:00:00Z\",\"type\":\"refused\"")
          .contains("\"cause\":\"not-entitled\",\"peer\":\"nyc\"");
    }
    awaitNobodyWatching();
  }

  private void awaitNobodyWatching() {
    Await.until("the watch ends with its connection", () -> !backend.routing.hub.isWatched());
  }

  @Test
  void aWatcherThatDoesNotReadCostsNobodyElseAndIsToldOfItsLoss() throws IOException {
    try (SocketChannel slow = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        SocketChannel quick = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      BufferedReader slowly = watch(slow);
      BufferedReader quickly = watch(quick);
      int events = 40_000;
      Thread reader = Thread.ofVirtual().start(() -> readUntil(quickly, "event " + events));
      for (int i = 1; i <= events; i++) {
        backend.routing.hub.emit(event(i));
      }
      backend.routing.hub.emit(event(events));
      // What the socket and the buffer hold, then the notice of loss.
      assertThat(readUntil(slowly, "events lost: this watcher reads too slowly")).isPositive();
      reader.interrupt();
    }
    awaitNobodyWatching();
  }

  private static int readUntil(BufferedReader in, String text) {
    int lines = 0;
    try {
      String line = in.readLine();
      while (line != null && !line.contains(text)) {
        lines++;
        line = in.readLine();
      }
      return line == null ? -1 : lines;
    } catch (IOException e) {
      return -1;
    }
  }

  @Test
  void thereAreSoManyWatchersAndNoMore() throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    try {
      for (int i = 0; i < MonitorHub.MAX_WATCHERS; i++) {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channels.add(channel);
        watch(channel);
      }
      assertThat(unix("/v1/monitor")).startsWith("HTTP/1.1 409 ").contains("16 are watching");
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  @Test
  void monitorIsNotForLoopback() throws IOException {
    SocketAddress metrics = server.metricsAddress().orElseThrow();
    assertThat(UnixHttp.exchange(metrics, UnixHttp.request("GET", "/v1/monitor", "")))
        .startsWith("HTTP/1.1 403 ");
    assertThat(unix("/v1/monitor?everything=1")).startsWith("HTTP/1.1 400 ");
    assertThat(unix("/v1/monitor?peer=nobody"))
        .startsWith("HTTP/1.1 404 ")
        .contains("there is no peer 'nobody'");
  }

  @Test
  void theLookingGlassOnlyLooks() throws IOException {
    assertThat(glass("GET", "/status"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"api\":{\"Version\":\"0.1.0\"", "\"result_from_cache\":false", "\"ttl\":\"")
        .contains("\"status\":{\"router_id\":\"10.32.0.1\"}");
    assertThat(glass("HEAD", "/status")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
    assertThat(glass("POST", "/status")).startsWith("HTTP/1.1 405 ");
    assertThat(glass("DELETE", "/routes/protocol/nyc")).startsWith("HTTP/1.1 405 ");
    SocketAddress address = server.lookingGlassAddress().orElseThrow();
    assertThat(UnixHttp.exchange(address, "GET /status HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 403 ");
    assertThat(glass("GET", "/v1/show/peers")).startsWith("HTTP/1.1 404 ");
    assertThat(glass("GET", "/metrics")).startsWith("HTTP/1.1 404 ");
    assertThat(
            UnixHttp.exchange(
                server.metricsAddress().orElseThrow(), UnixHttp.request("GET", "/status", "")))
        .startsWith("HTTP/1.1 404 ");
  }

  @Test
  void theLookingGlassHasBirdwatchersPaths() throws IOException {
    assertThat(glass("GET", "/protocols/bgp"))
        .contains("\"protocols\":{\"nyc\":{\"form\":\"BGP\"}}");
    assertThat(glass("GET", "/protocols")).contains("{\"form\":\"ALL\"}");
    assertThat(glass("GET", "/protocols/short?uncached=true")).contains("{\"form\":\"SHORT\"}");
    assertThat(glass("GET", "/routes/protocol/nyc"))
        .contains("\"routes\":[{\"which\":\"ACCEPTED\"}]");
    assertThat(glass("GET", "/routes/filtered/nyc")).contains("[{\"which\":\"REFUSED\"}]");
    assertThat(glass("GET", "/routes/noexport/nyc")).contains("[{\"which\":\"NOT_EXPORTED\"}]");
    assertThat(glass("GET", "/route/net/10.32.1.10/32")).contains("\"10.32.1.10/32\"");
    assertThat(glass("GET", "/routes/prefix?prefix=10.32.1.10")).contains("\"10.32.1.10\"");
    assertThat(glass("GET", "/routes/prefix")).startsWith("HTTP/1.1 400 ");
    assertThat(glass("GET", "/routes/table/master")).contains("[{\"table\":\"ACCEPTED\"}]");
    assertThat(glass("GET", "/routes/table/master/filtered")).contains("[{\"table\":\"REFUSED\"}]");
    assertThat(glass("GET", "/routes/peer/nyc")).contains("[{\"which\":\"ACCEPTED\"}]");
    assertThat(glass("GET", "/routes/table/master/peer/nyc"))
        .contains("[{\"which\":\"ACCEPTED\"}]");
    assertThat(glass("GET", "/routes/table/master/peer/nobody"))
        .startsWith("HTTP/1.1 404 ")
        .endsWith("{\"error\":\"there is no peer 'nobody'\"}\n");
    assertThat(glass("GET", "/routes/noexport/" + LookingGlass.PIPE)).contains("\"routes\":[]");
    assertThat(glass("GET", "/routes/pipe/filtered?table=master&pipe=x")).contains("\"routes\":[]");
    assertThat(glass("GET", "/routes/pipe/filtered/?table=master&pipe=x"))
        .contains("\"routes\":[]");
    assertThat(glass("GET", "/routes/pipe/filtered/count?table=master&pipe=x&address=10.32.0.2"))
        .contains("\"routes\":0");
    assertThat(glass("GET", "/routes/table/master/export"))
        .startsWith("HTTP/1.1 404 ")
        .contains("{\"error\":\"there is nothing at /routes/table/master/export");
    assertThat(glass("GET", "/routes/protocol/nobody"))
        .startsWith("HTTP/1.1 404 ")
        .endsWith("{\"error\":\"there is no peer 'nobody'\"}\n");
  }
}

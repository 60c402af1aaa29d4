package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.client.LineStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of requests: who may have it, and what can be asked. */
class RequestsApiTest {
  private static final String PATH = "/v1/monitor/requests";

  @TempDir Path temp;

  private final FakeBackend backend = new FakeBackend();
  private UnixDomainSocketAddress socket;
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    socket = UnixDomainSocketAddress.of(temp.resolve("a.sock"));
    server =
        AdminServer.start(
            new AdminServer.Listeners(
                socket.getPath(),
                Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                Optional.empty()),
            backend,
            FakeMetrics::new);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String ask(String method, String query) throws IOException {
    return UnixHttp.exchange(socket, UnixHttp.request(method, PATH + query, ""));
  }

  private RequestFilter asked(String query) throws IOException {
    try (LineStream stream = LineStream.open(socket, PATH + query)) {
      assertThat(stream.next().orElseThrow()).contains("\"type\":\"watching\"");
      assertThat(stream.next()).contains("{\"status\":502}");
      assertThat(stream.next()).contains("{\"status\":503}");
    }
    return backend.requests.asked.getLast();
  }

  @Test
  void whatIsAskedForReachesTheNode() throws IOException {
    assertThat(asked(""))
        .isEqualTo(
            new RequestFilter(Optional.empty(), 0, 999, Optional.empty(), 0, Optional.empty()));
    assertThat(asked("?service=shop&status=5xx&host=Shop.Test&slower=250&id=a%20b"))
        .isEqualTo(
            new RequestFilter(
                Optional.of("shop"),
                500,
                599,
                Optional.of("shop.test"),
                250_000,
                Optional.of("a b")));
    assertThat(asked("?status=404").leastStatus()).isEqualTo(404);
    assertThat(asked("?status=404").mostStatus()).isEqualTo(404);
    assertThat(asked("?status=0").mostStatus()).isZero();
  }

  @Test
  void whatCannotBeAnsweredHasItsReason() throws IOException {
    assertThat(ask("GET", "?status=50")).startsWith("HTTP/1.1 400 ").contains("'50' is no status");
    assertThat(ask("GET", "?status=xxx")).startsWith("HTTP/1.1 400 ");
    assertThat(ask("GET", "?slower=-1")).startsWith("HTTP/1.1 400 ").contains("write milliseconds");
    assertThat(ask("GET", "?slower=1&slower=2")).contains("'slower' is given twice");
    assertThat(ask("GET", "?peer=nyc")).contains("unknown parameter 'peer'; known: [host, id,");
    assertThat(ask("GET", "?service=shoop")).startsWith("HTTP/1.1 404 ");
    assertThat(ask("POST", "")).startsWith("HTTP/1.1 405 ");
    assertThat(backend.requests.asked).isEmpty();
    backend.requests.full = true;
    assertThat(ask("GET", "")).startsWith("HTTP/1.1 409 ");
  }

  private String explained(String method, String query) throws IOException {
    return UnixHttp.exchange(socket, UnixHttp.request(method, "/v1/explain/request" + query, ""));
  }

  @Test
  void oneRequestIsExplainedByItsIdOnTheUnixSocketOnly() throws IOException {
    assertThat(explained("GET", "?id=id-1"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\"id\":\"id-1\",\"node\":\"fra\"", "\"failure\":\"REFUSED\"");
    assertThat(explained("GET", "?id=id-2")).startsWith("HTTP/1.1 404 ").contains("not known");
    assertThat(explained("GET", "?id=a%20b")).startsWith("HTTP/1.1 400 ");
    assertThat(explained("GET", "")).startsWith("HTTP/1.1 400 ").contains("?id=ID");
    assertThat(explained("GET", "?id=a&id=b")).startsWith("HTTP/1.1 400 ");
    assertThat(explained("GET", "?id=a&x=b")).startsWith("HTTP/1.1 400 ");
    assertThat(explained("POST", "?id=id-1")).startsWith("HTTP/1.1 405 ");
    InetSocketAddress tcp = server.metricsAddress().orElseThrow();
    assertThat(UnixHttp.exchange(tcp, UnixHttp.request("GET", "/v1/explain/request?id=id-1", "")))
        .startsWith("HTTP/1.1 403 ")
        .doesNotContain("REFUSED");
  }

  @Test
  void requestsOfClientsAreNotSeenOverTcp() throws IOException {
    InetSocketAddress tcp = server.metricsAddress().orElseThrow();
    assertThat(UnixHttp.exchange(tcp, UnixHttp.request("GET", PATH, "")))
        .startsWith("HTTP/1.1 403 ");
    assertThat(backend.requests.asked).isEmpty();
  }
}

package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console over real sockets: of a node, and as {@code landfall console} serves it. */
class ConsoleServerTest {
  private final FakeBackend backend = new FakeBackend();
  private final ConsoleSource source =
      new NodeConsole(backend, new ConsoleFeed(backend.routing()), "0.1.0");

  @TempDir private Path dir;

  private static String get(InetSocketAddress at, String path, String host) throws IOException {
    return UnixHttp.exchange(at, "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  @Test
  void aNodeServesItOnItsSocketAndOnTheMetricsListener() throws IOException {
    Path socket = dir.resolve("a.sock");
    AdminServer.Listeners listeners =
        new AdminServer.Listeners(
            socket,
            Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.empty());
    try (AdminServer server = AdminServer.start(listeners, backend, FakeMetrics::new)) {
      String page =
          UnixHttp.exchange(
              UnixDomainSocketAddress.of(socket), UnixHttp.request("GET", "/console/", ""));
      assertThat(page).startsWith("HTTP/1.1 200 ").contains("<title>Landfall console</title>");
      InetSocketAddress tcp = server.metricsAddress().orElseThrow();
      assertThat(get(tcp, "/console/", "localhost:1")).startsWith("HTTP/1.1 200 ");
      assertThat(get(tcp, "/console/view", "localhost"))
          .contains("\"node\":\"fra\"")
          .as("what clients asked for is not in it")
          .doesNotContain("decisions", "?token=");
      assertThat(get(tcp, "/console/view", "landfall.attacker.example"))
          .as("a name that a page of the Internet had point to this machine")
          .startsWith("HTTP/1.1 403 ");
      String etag =
          get(tcp, "/console/dom.js", "localhost").replaceAll("(?s).*etag: (\\S+).*", "$1");
      assertThat(
              UnixHttp.exchange(
                  tcp,
                  "GET /console/dom.js HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: "
                      + etag
                      + "\r\n\r\n"))
          .startsWith("HTTP/1.1 304 ")
          .endsWith("\r\n\r\n")
          .doesNotContain("content-length");
      assertThat(
              UnixHttp.exchange(
                  tcp,
                  "POST /console/view HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"))
          .startsWith("HTTP/1.1 405 ");
    }
  }

  @Test
  void theCommandsServerNeedsItsSecretAndTheRightHost() throws IOException {
    try (ConsoleServer server =
        ConsoleServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), source)) {
      URI url = URI.create(server.url());
      InetSocketAddress at = new InetSocketAddress(url.getHost(), url.getPort());
      assertThat(url.getPath()).matches("/[0-9a-f]{32}/console/");
      assertThat(get(at, url.getPath(), url.getAuthority())).startsWith("HTTP/1.1 200 ");
      assertThat(get(at, url.getPath() + "view", "localhost")).contains("\"from\":\"this node\"");
      assertThat(get(at, url.getPath(), "rebound.example")).startsWith("HTTP/1.1 403 ");
      String other = url.getPath().startsWith("/0") ? "/1" : "/0";
      assertThat(get(at, other + url.getPath().substring(2), "localhost"))
          .startsWith("HTTP/1.1 404 ");
      assertThat(get(at, "/console/view", "localhost")).startsWith("HTTP/1.1 404 ");
      String secret = url.getPath().substring(0, 33);
      for (String path : new String[] {"/v1/show/peers", "/v1/drain", "/metrics", "/"}) {
        assertThat(get(at, secret + path, "localhost")).as(path).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  @Test
  void itListensOnLoopbackOnly() {
    assertThatThrownBy(() -> ConsoleServer.start(new InetSocketAddress("192.0.2.1", 0), source))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("192.0.2.1:0 is not; from another machine use ssh -L");
  }
}

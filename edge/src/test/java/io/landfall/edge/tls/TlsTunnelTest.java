package io.landfall.edge.tls;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TlsBackends;
import io.landfall.edge.WebSockets;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.server.TestSite;
import io.landfall.testkit.TrustingTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels with TLS at one end or at both: what is an end of TLS, and what is not. */
class TlsTunnelTest {
  private static final String NAMES = "dns:shop.test,dns:app.test";

  @TempDir static Path folder;
  private static TestKeys keys;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final TlsBackends tls = new TlsBackends();

  @BeforeAll
  static void makeKeys() {
    keys = new TestKeys(folder).authority("ca").site("good", "ca", NAMES);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T each) {
    open.addFirst(each);
    return each;
  }

  private static ServerNames names() {
    var made = ServerNames.of(List.of(keys.identity("good")), ServerNames.Hosts.ANY, true);
    return switch (made) {
      case ServerNames.Result.Usable(ServerNames names) -> names;
      case ServerNames.Result.Unusable(String why) -> throw new AssertionError(why);
    };
  }

  private TestSite siteOverTls() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return opened(new TestSite("fra", 1, TestSite.listening(EdgeListener.tls(any, names()))));
  }

  /** TCP, for what TLS would not do, and TLS above it. */
  private record Client(Socket below, RawClient above) {}

  private Client client(TestSite site) throws IOException {
    Socket below = opened(new Socket(site.http().getAddress(), site.http().getPort()));
    SSLSocket above =
        (SSLSocket)
            TrustingTls.anonymous().getSocketFactory().createSocket(below, "shop.test", 1, false);
    RawClient client = opened(new RawClient(above)).send(WebSockets.REQUEST);
    assertThat(client.readHead().status()).isEqualTo(101);
    return new Client(below, client);
  }

  private RawClient plainClient(TestSite site) {
    RawClient client = opened(new RawClient(site.http())).send(WebSockets.REQUEST);
    assertThat(client.readHead().status()).isEqualTo(101);
    return client;
  }

  private TestSite siteBefore(TestBackend overTls) {
    TestSite site = opened(new TestSite("fra", 1));
    site.publish(
        Signal.UP,
        List.of(
            TlsBackends.server(
                overTls,
                TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
                    .to("app.test", overTls.address().getPort()))));
    return site;
  }

  private TestBackend backendOverTls(WebSockets.Talk talk) {
    return opened(
        new TestBackend(
            WebSockets.behaviour(talk), tls.over(keys.server("good", "ca"), asUsual -> {})));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** What a backend reads to its end, and how that comes. */
  private static WebSockets.Talk listening(CompletableFuture<String> heard) {
    return (in, out) -> {
      try {
        heard.complete(text(in.readAllBytes()));
      } catch (IOException e) {
        heard.complete(String.valueOf(e.getMessage()));
      }
    };
  }

  private static void awaitNone(TestSite site) {
    TestSite.await("all is over", () -> site.edge().stats().requestsInProgress() == 0);
    assertThat(site.edge().stats().tunnels().open()).isZero();
  }

  @Test
  void bytesPassWithTlsAtBothEnds() throws Exception {
    TestBackend backend = backendOverTls((in, out) -> in.transferTo(out));
    TestSite site = siteOverTls();
    site.publish(
        Signal.UP,
        List.of(
            TlsBackends.server(
                backend,
                TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
                    .to("app.test", backend.address().getPort()))));
    RawClient client = client(site).above();
    byte[] message = new byte[300_000];
    for (int i = 0; i < 5; i++) {
      Thread.ofVirtual().start(() -> client.send(message));
      assertThat(client.readExactly(message.length)).isEqualTo(message);
    }
  }

  @Test
  void whatAClientSentBeforeItEndedTlsArrivesInOrder() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    TestBackend backend = opened(WebSockets.backend(listening(heard)));
    TestSite site = siteOverTls();
    site.publish(Signal.UP, backends(backend));
    RawClient client = client(site).above();
    client.send("last words").close();
    assertThat(WebSockets.of(heard)).isEqualTo("last words");
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isZero();
  }

  @Test
  void aClientThatEndsWithoutTheEndOfTlsHasBrokenOff() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    TestBackend backend = opened(WebSockets.backend(listening(heard)));
    TestSite site = siteOverTls();
    site.publish(Signal.UP, backends(backend));
    client(site).below().close();
    assertThat(WebSockets.of(heard)).isEqualTo("Connection reset");
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isEqualTo(1);
  }

  @Test
  void theEndOfABackendIsTheEndOfTlsForTheClient() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    TestBackend backend =
        opened(
            WebSockets.backend(
                (in, out) -> {
                  TestBackend.raw(out, "bye");
                  listening(heard).with(in, out);
                }));
    TestSite site = siteOverTls();
    site.publish(Signal.UP, backends(backend));
    RawClient client = client(site).above();
    assertThat(text(client.readExactly(3))).isEqualTo("bye");
    backend.accepted.getLast().shutdownOutput();
    // Not an exception, which the JDK has for an end of the connection alone.
    assertThat(client.readByte()).isEqualTo(-1);
    client.send("later").close();
    assertThat(WebSockets.of(heard)).isEqualTo("later");
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isZero();
  }

  @Test
  void theEndOfTlsOfABackendEndsTheTunnelInOrder() {
    TestSite site = siteBefore(backendOverTls((in, out) -> TestBackend.raw(out, "bye")));
    RawClient client = plainClient(site);
    assertThat(text(client.readToEnd())).isEqualTo("bye");
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isZero();
  }

  /** With HTTP/2 its last bytes wait for a window, of the client or of the node in between. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatABackendSentBeforeItEndedTlsArrivesOverHttp2(boolean forwarded) throws Exception {
    // Beyond what is kept before the client and the window between nodes, and not much more.
    int bytes = forwarded ? (1 << 20) + (128 << 10) : 40_000;
    TestSite nyc = siteBefore(backendOverTls((in, out) -> TestBackend.raw(out, "x".repeat(bytes))));
    TestSite landing = nyc;
    if (forwarded) {
      landing = opened(new TestSite("ams", 2));
      landing.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    }
    // SETTINGS_INITIAL_WINDOW_SIZE
    H2Client client = opened(H2Client.open(landing.http(), new RawFrames().settings(4, 1_000)));
    client.send(new RawFrames().headers(1, false, H2Client.webSocket()));
    TestSite.await(
        "the backend's end is read",
        () ->
            nyc.edge().stats().tunnels().opened() == 1
                && nyc.edge().stats().requestsInProgress() == 0);
    client.send(new RawFrames().windowUpdate(1, 4 << 20).windowUpdate(0, 4 << 20)).awaitEnd(1);
    assertThat(client.body(1)).hasSize(bytes);
    awaitNone(landing);
    assertThat(nyc.edge().stats().tunnels().broken()).isZero();
    assertThat(landing.edge().stats().tunnels().broken()).isZero();
  }

  @Test
  void theEndOfAClientIsTheEndOfTlsForTheBackendWhichGoesOn() {
    TestSite site =
        siteBefore(
            backendOverTls(
                (in, out) -> TestBackend.raw(out, "you said " + text(in.readAllBytes()))));
    RawClient client = plainClient(site).send("this").endOutput();
    assertThat(text(client.readToEnd())).isEqualTo("you said this");
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isZero();
  }

  @Test
  void aBackendThatEndsWithoutTheEndOfTlsHasBrokenOff() {
    TestBackend backend = backendOverTls((in, out) -> in.transferTo(out));
    TestSite site = siteBefore(backend);
    RawClient client = plainClient(site).send("hello");
    assertThat(text(client.readExactly(5))).isEqualTo("hello");
    TlsBackends.cut(backend, false);
    assertThatThrownBy(client::readByte).isInstanceOf(UncheckedIOException.class);
    awaitNone(site);
    assertThat(site.edge().stats().tunnels().broken()).isEqualTo(1);
  }

  @Test
  void aResetOfABackendIsNoGoodEndOfTls() throws IOException {
    // Without a length the end of the connection is the end of the body: for HTTP/1.0 there is no
    // other.
    TestSite site = siteOverTls();
    TestBackend backend =
        opened(TestBackend.resetting("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1_000)));
    site.publish(Signal.UP, backends(backend));
    for (int i = 0; i < 4; i++) {
      Socket below = opened(new Socket(site.http().getAddress(), site.http().getPort()));
      SSLSocket above =
          (SSLSocket)
              TrustingTls.anonymous().getSocketFactory().createSocket(below, "shop.test", 1, false);
      above
          .getOutputStream()
          .write("GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThatThrownBy(() -> above.getInputStream().readAllBytes())
          .isInstanceOf(IOException.class);
    }
  }
}

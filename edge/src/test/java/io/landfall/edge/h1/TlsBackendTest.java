package io.landfall.edge.h1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.Signal;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestKeys;
import io.landfall.edge.TlsBackends;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backends over TLS: verified, pooled and streamed as others are, and each failure by its name. */
class TlsBackendTest {
  private static final String NAMES = "dns:app.test,dns:backend,ip:127.0.0.1";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\nbody";

  @TempDir static Path folder;
  private static TestKeys keys;

  private final TlsBackends tls = new TlsBackends();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final TestSite fra = opened(new TestSite("fra", 1));

  @BeforeAll
  static void makeKeys() {
    keys =
        new TestKeys(folder)
            .authority("ca")
            .authority("other")
            .site("good", "ca", NAMES)
            .site("elsewhere", "ca", "dns:other.test")
            .site("expired", "ca", NAMES, "-startdate", "-5d", "-validity", "2")
            .site("early", "ca", NAMES, "-startdate", "+5d", "-validity", "2")
            .site("foreign", "other", NAMES)
            .key("self", "-ext", "SAN=" + NAMES);
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

  private TestBackend backend(String key, TestBackend.Behaviour behaviour) {
    return backend(key, behaviour, TlsBackendTest::asUsual);
  }

  private TestBackend backend(
      String key, TestBackend.Behaviour behaviour, Consumer<SSLParameters> adjust) {
    return opened(new TestBackend(behaviour, tls.over(keys.server(key, "ca"), adjust)));
  }

  private static void asUsual(SSLParameters parameters) {
    // The JDK's own choices.
  }

  private static OriginServer verified(TestBackend backend) {
    return verified(backend, "app.test");
  }

  private static OriginServer verified(TestBackend backend, String name) {
    return TlsBackends.server(
        backend,
        TlsBackends.verifying(Optional.empty(), keys.certificate("ca"))
            .to(name, backend.address().getPort()));
  }

  private static TestBackend.Behaviour answering(String text) {
    return (request, in, out) -> TestBackend.ok(out, text);
  }

  private RawClient.Answer get() {
    return RawClient.get(fra.http(), "shop.test", "/");
  }

  /** What is wrong, as the client receives it. */
  private static String error(RawClient.Answer answer) {
    String status = answer.field("proxy-status").orElse("none");
    return answer.status() + " " + status.replaceFirst(".*error=([a-z_]+).*", "$1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"app.test", "app.test.", "backend", "127.0.0.1"})
  void aBackendWithTheNameIsServedOverConnectionsThatAreKept(String name) {
    TestBackend good = backend("good", answering("over TLS"));
    fra.publish(Signal.UP, List.of(verified(good, name)));
    try (RawClient client = opened(new RawClient(fra.http()))) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").read().body())
            .isEqualTo("over TLS");
      }
    }
    assertThat(good.accepted).hasSize(1);
    SSLSocket shaken = tls.shaken.getFirst();
    assertThat(shaken.getApplicationProtocol()).isEqualTo("http/1.1");
    assertThat(shaken.getSession().getProtocol()).isEqualTo("TLSv1.3");
    List<?> names = ((ExtendedSSLSession) shaken.getSession()).getRequestedServerNames();
    String plain = name.replaceFirst("\\.$", "");
    assertThat(names)
        .isEqualTo(name.equals("127.0.0.1") ? List.of() : List.of(new SNIHostName(plain)));
    assertThat(fra.failures).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "elsewhere, app.test",
    "good, app.test.other.test",
    "good, 127.0.0.2",
    "expired, app.test",
    "early, app.test",
    "foreign, app.test",
    "self, app.test"
  })
  void aCertificateThatDoesNotVerifyIsAFailureOfItsOwnAndNothingIsSent(String key, String name) {
    TestBackend bad = backend(key, answering("not verified"));
    fra.publish(Signal.UP, List.of(verified(bad, name)));
    RawClient.Answer answer = get();
    assertThat(error(answer)).isEqualTo("502 tls_certificate_error");
    assertThat(answer.body()).contains("its certificate is not accepted");
    assertThat(bad.received).isEmpty();
    assertThat(fra.failures).containsOnly(OriginFailure.TLS_CERTIFICATE);
    // No byte was sent, so what cannot be repeated may be tried elsewhere.
    TestBackend good = backend("good", answering("good"));
    fra.publish(Signal.UP, List.of(verified(bad, name), verified(good)));
    for (int i = 0; i < 4; i++) {
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(POST).read().body()).isEqualTo("good");
      }
    }
    assertThat(bad.received).isEmpty();
    assertThat(good.received).hasSize(4);
  }

  @Test
  void theCauseIsKeptAcrossTheHop() {
    TestSite nyc = opened(new TestSite("nyc", 2));
    TestBackend bad = backend("foreign", answering("not verified"));
    nyc.publish(Signal.UP, List.of(verified(bad)));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    assertThat(error(get())).isEqualTo("502 tls_certificate_error");
    TestBackend plain = answering("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
    nyc.publish(Signal.UP, List.of(verified(plain)));
    assertThat(error(get())).isEqualTo("502 tls_protocol_error");
    TestBackend old = alerting();
    nyc.publish(Signal.UP, List.of(verified(old)));
    assertThat(error(get())).isEqualTo("502 tls_alert_received");
  }

  /** As a server answers that speaks TLS 1.0 only: protocol_version, fatal. */
  private TestBackend alerting() {
    return answering(new byte[] {21, 3, 1, 0, 2, 2, 70});
  }

  /** Answers a ClientHello with these bytes. */
  private TestBackend answering(byte[] bytes) {
    return opened(
        new TestBackend(
            answering(""),
            accepted -> {
              boolean _ = accepted.getInputStream().read() >= 0;
              accepted.getOutputStream().write(bytes);
              accepted.getOutputStream().flush();
              accepted.shutdownOutput();
              accepted.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
              throw new IOException("no TLS 1.2");
            }));
  }

  @Test
  void aServerThatDoesNotSpeakTlsOrNoneThatIsTakenIsToldApart() {
    fra.publish(
        Signal.UP,
        List.of(verified(answering("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII)))));
    assertThat(error(get())).isEqualTo("502 tls_protocol_error");
    fra.publish(Signal.UP, List.of(verified(alerting())));
    assertThat(error(get())).isEqualTo("502 tls_alert_received");
    assertThat(fra.failures).containsOnly(OriginFailure.TLS_FAILED);
    assertThat(fra.failures).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBackendThatEndsInTheHandshakeWasNotReached(boolean reset) {
    TestBackend ending =
        opened(
            new TestBackend(
                answering(""),
                accepted -> {
                  boolean _ = accepted.getInputStream().read() >= 0;
                  accepted.setSoLinger(reset, 0);
                  accepted.close();
                  throw new IOException("ended");
                }));
    fra.publish(Signal.UP, List.of(verified(ending)));
    assertThat(error(get())).isEqualTo("502 connection_terminated");
    TestBackend good = backend("good", answering("good"));
    fra.publish(Signal.UP, List.of(verified(ending), verified(good)));
    for (int i = 0; i < 4; i++) {
      try (RawClient client = new RawClient(fra.http())) {
        assertThat(client.send(POST).read().body()).isEqualTo("good");
      }
    }
  }

  @Test
  void aHandshakeHasTheTimeOfAConnection() {
    CountDownLatch done = new CountDownLatch(1);
    TestBackend silent =
        opened(
            new TestBackend(
                answering(""),
                accepted -> {
                  TestBackend.holdUntil(done);
                  return accepted;
                }));
    EdgeTimeouts usual = EdgeTimeouts.defaults();
    EdgeTimeouts.Servers servers = usual.servers();
    TestSite nyc =
        opened(
            new TestSite(
                "nyc",
                2,
                TestSite.waiting(
                    new EdgeTimeouts(
                        usual.clients(),
                        new EdgeTimeouts.Servers(
                            200,
                            600_000,
                            servers.responseHeadMillis(),
                            servers.backendIdleMillis()),
                        usual.bodyIdleMillis(),
                        usual.drainMillis(),
                        usual.retryAfterSeconds()))));
    nyc.publish(Signal.UP, List.of(verified(silent)));
    assertThat(error(RawClient.get(nyc.http(), "shop.test", "/")))
        .isEqualTo("504 connection_timeout");
    assertThat(nyc.failures).containsExactly(OriginFailure.CONNECT_TIMEOUT);
    done.countDown();
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.3", "TLSv1.2"})
  void aBackendThatAsksForACertificateGetsTheOneThatIsConfigured(String version) {
    TestBackend asking =
        backend(
            "good",
            answering("known"),
            parameters -> {
              parameters.setNeedClientAuth(true);
              parameters.setProtocols(new String[] {version});
            });
    fra.publish(Signal.UP, List.of(verified(asking)));
    assertThat(error(get())).isEqualTo("502 tls_alert_received");
    fra.publish(
        Signal.UP,
        List.of(
            TlsBackends.server(
                asking,
                TlsBackends.verifying(
                        Optional.of(keys.identity("elsewhere")), keys.certificate("ca"))
                    .to("app.test", asking.address().getPort()))));
    assertThat(get().body()).isEqualTo("known");
  }

  /** Answers with a body that only the end of the connection ends, in the way that is given. */
  private TestBackend endless(Consumer<TestBackend> end) {
    AtomicReference<TestBackend> self = new AtomicReference<>();
    TestBackend made =
        backend(
            "good",
            (request, in, out) -> {
              TestBackend.raw(out, "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(100_000));
              end.accept(self.get());
              return false;
            });
    self.set(made);
    return made;
  }

  @Test
  void aBodyWithoutALengthIsWholeOnlyIfTlsWasEnded() {
    TestSite nyc = opened(new TestSite("nyc", 2));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    List<TestBackend> cuts =
        List.of(
            endless(backend -> TlsBackends.cut(backend, false)),
            endless(backend -> TlsBackends.cut(backend, true)));
    for (TestBackend cut : cuts) {
      nyc.publish(Signal.UP, List.of(verified(cut)));
      for (TestSite site : List.of(nyc, fra)) {
        for (int i = 0; i < 5; i++) {
          assertThatThrownBy(() -> RawClient.get(site.http(), "shop.test", "/"))
              .isInstanceOf(RuntimeException.class);
        }
      }
    }
    assertThat(nyc.failures).containsOnly(OriginFailure.CLOSED_IN_RESPONSE);
    nyc.publish(Signal.UP, List.of(verified(endless(backend -> {}))));
    for (TestSite site : List.of(nyc, fra)) {
      for (int i = 0; i < 5; i++) {
        assertThat(RawClient.get(site.http(), "shop.test", "/").body()).hasSize(100_000);
      }
    }
  }

  @Test
  void aConnectionThatTheBackendEndedWhileItWasIdleFailsNoRequest() {
    TestBackend once =
        backend(
            "good",
            (request, in, out) -> {
              TestBackend.ok(out, "good");
              return false;
            });
    fra.publish(Signal.UP, List.of(verified(once)));
    for (int i = 0; i < 50; i++) {
      assertThat(get().body()).isEqualTo("good");
    }
    assertThat(fra.failures).doesNotContain(OriginFailure.TLS_FAILED);
  }

  @Test
  void bodiesAreStreamedBothWays() {
    int size = 4 << 20;
    TestBackend echoing =
        backend(
            "good",
            (request, in, out) ->
                TestBackend.ok(out, "y".repeat(Math.toIntExact(request.bodyLength()))));
    fra.publish(Signal.UP, List.of(verified(echoing)));
    for (int i = 0; i < 3; i++) {
      try (RawClient client = new RawClient(fra.http())) {
        client.send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + size + "\r\n\r\n");
        client.send(new byte[size]);
        assertThat(client.read().body()).hasSize(size);
      }
    }
    assertThat(echoing.received)
        .extracting(TestBackend.Received::bodyLength)
        .containsOnly((long) size);
  }

  @Test
  void oneAddressIsNotSharedByThoseThatVerifyItDifferently() {
    TestBackend good = backend("good", answering("good"));
    fra.publish(Signal.UP, List.of(verified(good)));
    assertThat(get().body()).isEqualTo("good");
    fra.publish(Signal.UP, List.of(verified(good, "other.test")));
    assertThat(error(get())).isEqualTo("502 tls_certificate_error");
    fra.publish(Signal.UP, List.of(new OriginServer(good.address(), true)));
    assertThat(get().status()).isEqualTo(502);
    assertThat(good.received).hasSize(1);
  }
}

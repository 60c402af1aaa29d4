package io.landfall.transport.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Probes over TLS: whom they believe. */
class TlsProbeTest {
  private static final long PATIENCE_SECONDS = 30;

  @TempDir Path dir;
  private final BlockingQueue<ProbeResult> results = new LinkedBlockingQueue<>();
  private final ProbeRunner runner = new ProbeRunner(Runnable::run, PlainResponses::new);
  private final AtomicInteger accepted = new AtomicInteger();
  private SSLServerSocket server;
  private Path ca;
  private Path otherCa;

  @BeforeEach
  void serve() throws Exception {
    long now = System.currentTimeMillis();
    CertificateAuthority authority = CertificateAuthority.generate("Backends", now);
    ca = dir.resolve("ca.pem");
    authority.save(ca, dir.resolve("ca.key"));
    otherCa = dir.resolve("other.pem");
    CertificateAuthority.generate("Others", now).save(otherCa, dir.resolve("other.key"));
    Credentials site =
        authority.issue(CertificateRequest.site(List.of("shop.example"), now, 3_600_000));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "site", site.key(), new char[0], site.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket client = server.accept();
                  accepted.incrementAndGet();
                  Thread.ofVirtual().start(() -> answer(client));
                } catch (IOException e) {
                  // The server was closed.
                }
              }
            });
  }

  private static void answer(Socket client) {
    try (client) {
      StringBuilder head = new StringBuilder();
      InputStream in = client.getInputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        head.append((char) c);
        if (head.indexOf("\r\n\r\n") >= 0) {
          head.setLength(0);
          client.getOutputStream().write(PlainResponses.ok("fine"));
        }
      }
    } catch (IOException e) {
      // The probe has gone; the test sees its result.
    }
  }

  @AfterEach
  void close() throws IOException {
    runner.close();
    server.close();
  }

  private ProbeTarget http(Optional<Path> authorities, String name) {
    ProbePlan.Tls tls = new ProbePlan.OwnTls(authorities, name);
    return target(new ProbePlan.Http("/", name, 200, 399, 10, Optional.of(tls)));
  }

  private ProbeTarget target(ProbePlan.Check check) {
    return runner.target(new ProbePlan(check, "127.0.0.1", server.getLocalPort(), 20_000));
  }

  private ProbeResult probe(ProbeTarget target) throws InterruptedException {
    runner.run(target, ConnectionUse.KEPT_IF_OPEN, results::add);
    return Optional.ofNullable(results.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).orElseThrow();
  }

  private static void fails(ProbeResult result, String why) {
    assertThat(result.ok()).as(result.why()).isFalse();
    assertThat(result.why()).startsWith("TLS handshake: ").containsIgnoringCase(why);
  }

  @Test
  void aBackendWithTheNameAndACertificateOfTheCaIsUpAndKeepsItsConnection() throws Exception {
    ProbeTarget target = http(Optional.of(ca), "shop.example");
    for (int i = 0; i < 3; i++) {
      ProbeResult result = probe(target);
      assertThat(result.ok()).as(result.why()).isTrue();
    }
    assertThat(accepted).hasValue(1);
  }

  @Test
  void aCertificateOfAnotherCaIsRefused() throws Exception {
    fails(probe(http(Optional.of(otherCa), "shop.example")), "certification path");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    fails(probe(http(Optional.of(ca), "other.example")), "other.example");
    fails(probe(http(Optional.of(ca), "127.0.0.1")), "127.0.0.1");
  }

  @Test
  void withoutVerificationAnyCertificateWillDo() throws Exception {
    assertThat(probe(http(Optional.empty(), "other.example")).ok()).isTrue();
  }

  @Test
  void aTcpProbeWithTlsFinishesTheHandshake() throws Exception {
    ProbePlan.Tls right = new ProbePlan.OwnTls(Optional.of(ca), "shop.example");
    ProbePlan.Tls wrong = new ProbePlan.OwnTls(Optional.of(otherCa), "shop.example");
    ProbeResult result = probe(target(new ProbePlan.Tcp(Optional.of(right))));
    assertThat(result.ok()).isTrue();
    assertThat(result.why()).isEqualTo("connected with TLS");
    fails(probe(target(new ProbePlan.Tcp(Optional.of(wrong)))), "certification path");
  }

  @Test
  void aFileOfAuthoritiesThatCannotBeUsedIsNamed() throws Exception {
    ProbeResult result = probe(http(Optional.of(dir.resolve("absent.pem")), "shop.example"));
    assertThat(result.ok()).isFalse();
    assertThat(result.why()).contains("absent.pem cannot be used");
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends over TLS: what the probe finds of one is what requests meet. */
class BackendTlsEndToEndTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin backend;
  private TestSite fra;
  private TestSite nyc;
  private CertificateAuthority backends;

  @BeforeEach
  void twoSites() throws Exception {
    world = new TestWorld(folder);
    backend = world.origin("over TLS", 2);
    fra = world.site("fra", 1);
    nyc = world.site("nyc", 2);
    fra.dials(nyc.overlay);
    nyc.dials(fra.overlay);
    backends = CertificateAuthority.generate("Backends", System.currentTimeMillis());
    backends.save(folder.resolve("backends.pem"), folder.resolve("backends.key"));
    backend.tls = shows(backends, "shop.internal");
    fra.knows("shop", 10);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static SSLContext shows(CertificateAuthority by, String name)
      throws GeneralSecurityException, IOException {
    Credentials site =
        by.issue(CertificateRequest.site(List.of(name), System.currentTimeMillis(), 3_600_000));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "site", site.key(), new char[0], site.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private void start(String probe) {
    nyc.hostsWith(
        "shop",
        10,
        """
        backends: ["%s"]
        backend-tls: {ca: ../backends.pem, name: shop.internal}
        probe: {%s, interval: 300ms, timeout: 300ms, fall: 3, rise: 2}
        """
            .formatted(backend.url(), probe));
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc");
    nyc.awaitAdjacency("fra");
  }

  private void swap(CertificateAuthority by, String name)
      throws GeneralSecurityException, IOException {
    backend.stop();
    backend.tls = shows(by, name);
    backend.restart();
  }

  @Test
  void aBackendThatVerifiesIsUpAndServedHereAndAcrossTheHop() {
    start("http: /healthz");
    fra.awaitNextHops(10, NYC);
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").body()).isEqualTo("over TLS");
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("over TLS");
  }

  @Test
  void aProbeOfTheConnectionAloneShakesHandsToo() {
    start("tcp: true");
    fra.awaitNextHops(10, NYC);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("over TLS");
  }

  /** The config is the same, and the file has other authorities. */
  @Test
  void aReloadReadsTheFilesOfAuthoritiesAgain() throws Exception {
    CertificateAuthority others =
        CertificateAuthority.generate("Others", System.currentTimeMillis());
    start("http: /healthz");
    fra.awaitNextHops(10, NYC);
    String same = nyc.command("POST", "reload", "{}").body();
    assertThat(same).contains("nothing changes");
    swap(others, "shop.internal");
    fra.awaitNextHops(10);
    others.save(folder.resolve("others.pem"), folder.resolve("others.key"));
    Files.move(
        folder.resolve("others.pem"),
        folder.resolve("backends.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(nyc.command("POST", "reload", "{}").body()).contains("generation 2");
    fra.awaitNextHops(10, NYC);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("over TLS");

    // The text is that of the config in force, so there is none that was taken back.
    assertThat(nyc.command("POST", "configure/undo", "{}").body()).contains("generation 3");
    HttpWire.Answer again = nyc.command("POST", "reload", "{}");
    assertThat(again.status()).as(again.body()).isEqualTo(200);
    assertThat(again.body()).contains("generation 4");
    assertThat(nyc.node().configurations.hold()).isEmpty();
    nyc.node().configurations.release();
  }

  @Test
  void aBackendThatDoesNotVerifyIsDownWithItsReasonInViewsAndOnceInTheLog() throws Exception {
    CertificateAuthority others =
        CertificateAuthority.generate("Others", System.currentTimeMillis());
    start("http: /healthz");
    fra.awaitNextHops(10, NYC);
    try (CapturedLog log = new CapturedLog()) {
      swap(others, "shop.internal");
      fra.awaitNextHops(10);
      assertThat(nyc.show("show/services"))
          .contains("TLS handshake: the certificate is not accepted: unable to find valid");
      assertThat(nyc.show("explain?url=http://shop.test/"))
          .contains("NO_SITE")
          .contains("its backend is down: TLS handshake");
      assertThat(HttpWire.get(nyc.http, "shop.test", "/").status()).isEqualTo(503);
      assertThat(log.with(" backend ", "use=NONE", "TLS handshake")).hasSize(1);
      swap(backends, "other.internal");
      Await.until(
          "the reason is another",
          () -> nyc.show("show/services").contains("matching shop.internal"),
          () -> nyc.show("show/services"));
      swap(backends, "shop.internal");
      fra.awaitNextHops(10, NYC);
      assertThat(log.with(" backend ", "use=NONE")).hasSize(1);
      // The route may be there before the line.
      Await.until(
          "it is in the log",
          () -> !log.with(" backend ", "use=TAKES").isEmpty(),
          () -> String.join("\n", log.with(" backend ")));
      assertThat(log.with(" backend ", "use=TAKES")).hasSize(1);
    }
    assertThat(HttpWire.get(fra.http, "shop.test", "/").body()).isEqualTo("over TLS");
  }
}

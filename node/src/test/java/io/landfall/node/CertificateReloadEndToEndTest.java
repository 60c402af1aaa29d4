package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of a running node that change on disk, as its operator and its clients see it. */
class CertificateReloadEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private InetSocketAddress https;

  @BeforeEach
  void aNodeWithTls() throws IOException {
    world = new TestWorld(folder);
    https = world.free(1);
    write(made());
    fra = world.site("fra", 1).hosts("shop", 10, world.origin("fra", 1));
    fra.config(
        "edge: {listen: [{address: \"%s\"}, {address: \"%s\", tls: {certificate: ../site.pem, key: ../site.key}}]}"
            .formatted(TestSite.text(fra.http), TestSite.text(https)));
    fra.start();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private Credentials made() {
    return world.ca.issue(
        CertificateRequest.site(
            List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS));
  }

  private void write(Credentials pair) throws IOException {
    Files.deleteIfExists(folder.resolve("site.pem"));
    Files.deleteIfExists(folder.resolve("site.key"));
    CertificateAuthority.save(pair, folder.resolve("site.pem"), folder.resolve("site.key"));
  }

  private SSLSocket connect() throws IOException {
    SSLSocket socket = (SSLSocket) ScriptedPeer.tls(null).getSocketFactory().createSocket();
    socket.setSoTimeout(30_000);
    socket.connect(https, 30_000);
    socket.startHandshake();
    return socket;
  }

  private static BigInteger serial(SSLSocket socket) throws IOException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
  }

  private BigInteger shown() {
    try (SSLSocket socket = connect()) {
      return serial(socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void filesThatChangeAreInForceForNewConnectionsAndOpenOnesGoOn() throws IOException {
    Credentials next = made();
    try (SSLSocket open = connect()) {
      write(next);
      Await.until(
          "the new certificate is shown",
          () -> shown().equals(next.certificate().getSerialNumber()),
          () -> fra.show("show/tls"));
      open.getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(open.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 200");
      assertThat(serial(open)).isNotEqualTo(next.certificate().getSerialNumber());
    }
  }

  @Test
  void theCommandReadsAtOnceAndTheViewsHaveWhatIsInForce() throws IOException {
    Credentials next = made();
    write(next);
    HttpWire.Answer done = fra.command("POST", "reload", "{}");
    assertThat(done.status()).as(done.body()).isEqualTo(200);
    assertThat(done.body()).contains("certificates: 1 in force");
    assertThat(shown()).isEqualTo(next.certificate().getSerialNumber());
    assertThat(fra.show("show/tls"))
        .contains(
            TestSite.text(https),
            "\"names\":[\"shop.test\"]",
            "\"key\":\"EC P-256\"",
            "CN=Test",
            "\"problem\":null",
            "\"tls13\":1")
        .doesNotContain("\"changed\":null");

    Files.writeString(folder.resolve("site.key"), "no key");
    HttpWire.Answer refused = fra.command("POST", "reload", "{}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body())
        .contains("site.key: a key file holds exactly one PRIVATE KEY block")
        .contains("the certificates before stay in force");
    assertThat(shown()).isEqualTo(next.certificate().getSerialNumber());
    assertThat(fra.show("show/tls")).contains("site.key: a key file holds exactly one");
  }
}

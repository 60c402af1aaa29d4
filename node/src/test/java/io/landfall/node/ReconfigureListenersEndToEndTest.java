package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners, their certificates and limits change while the node runs. */
class ReconfigureListenersEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private InetSocketAddress more;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    TestOrigin origin = world.origin("one", 1);
    fra = world.site("fra", 1).hosts("shop", 10, origin);
    more = world.free(1);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static String plain(InetSocketAddress at, String keys) {
    return "{address: \"" + TestSite.text(at) + '"' + keys + "}";
  }

  private static String edge(String keys, String... listeners) {
    return "edge: {listen: [%s]%s}".formatted(String.join(", ", listeners), keys);
  }

  private HttpWire.Answer applied(String section) {
    HttpWire.Answer answer = fra.configInstead(section).apply();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  private void start() {
    fra.config(edge("", plain(fra.http, ""))).start();
    Await.until("shop is served", () -> status(fra.http) == 200, () -> fra.show("show/services"));
  }

  private static int status(InetSocketAddress at) {
    return HttpWire.get(at, "shop.test", "/").status();
  }

  private static boolean isOpen(InetSocketAddress at) {
    try (Socket socket = new Socket()) {
      socket.connect(at);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aListenerComesAndGoesAndRequestsAtTheOtherDoNotFail() {
    start();
    LoadOfClients load = new LoadOfClients(number -> fra.http, "shop.test");
    for (int round = 0; round < 3; round++) {
      load.awaitMore(5);
      applied(edge("", plain(fra.http, ""), plain(more, "")));
      assertThat(status(more)).isEqualTo(200);
      applied(edge("", plain(fra.http, "")));
      Await.until("it is closed", () -> !isOpen(more));
    }
    load.close();
    assertThat(load.failures()).isEmpty();
  }

  @Test
  void anAddressThatIsTakenIsRefusedWithItsKeyAndNothingChanges() throws IOException {
    start();
    try (ServerSocket taken = new ServerSocket(0, 1, more.getAddress())) {
      InetSocketAddress at = (InetSocketAddress) taken.getLocalSocketAddress();
      HttpWire.Answer answer =
          fra.configInstead(
                  edge(", limits: {max-connections: 77}", plain(fra.http, ""), plain(at, "")))
              .apply();

      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.body())
          .containsPattern(
              ":[0-9]+: edge\\.listen\\[1\\]\\.address: " + Pattern.quote(TestSite.text(at)))
          .contains(" cannot be bound: Address already in use; stop the process that has it")
          .contains("generation 1 stays in force");
      assertThat(status(fra.http)).isEqualTo(200);
    }
  }

  @Test
  void aListenerGetsTlsAndOtherCertificatesAndLosesItAgain() throws Exception {
    start();
    site("one");
    site("other");
    applied(
        edge("", plain(fra.http, ""), plain(more, ", tls: {certificate: one.pem, key: one.key}")));
    assertThat(shown(more)).isEqualTo(onDisk("one"));

    applied(
        edge(
            "",
            plain(fra.http, ""),
            plain(more, ", tls: {certificate: other.pem, key: other.key}")));
    assertThat(shown(more)).isEqualTo(onDisk("other"));
    assertThat(fra.show("show/tls")).contains("other.pem").doesNotContain("one.pem");

    assertThat(fra.command("POST", "configure/undo", "{}").status()).isEqualTo(200);
    assertThat(shown(more)).isEqualTo(onDisk("one"));

    applied(edge("", plain(fra.http, ""), plain(more, "")));
    assertThat(status(more)).isEqualTo(200);
  }

  /** What was read when a config was put in force first is not what its files have by now. */
  @Test
  void aConfigThatComesBackHasTheCertificatesThatItsFilesHaveNow() throws Exception {
    start();
    site("one");
    String tls = plain(more, ", tls: {certificate: one.pem, key: one.key}");
    applied(edge("", plain(fra.http, ""), tls));
    X509Certificate expired = onDisk("one");
    assertThat(shown(more)).isEqualTo(expired);
    Files.delete(folder.resolve("fra1/one.pem"));
    Files.delete(folder.resolve("fra1/one.key"));
    site("one");
    assertThat(fra.command("POST", "reload", "{}").status()).isEqualTo(200);
    assertThat(shown(more)).isEqualTo(onDisk("one")).isNotEqualTo(expired);

    applied(edge(", http2: off", plain(fra.http, ""), tls));
    assertThat(shown(more)).isEqualTo(onDisk("one"));
    assertThat(fra.command("POST", "configure/undo", "{}").status()).isEqualTo(200);
    assertThat(shown(more)).isEqualTo(onDisk("one"));
  }

  /** Makes the certificate of a site beside the config. */
  private void site(String name) throws IOException {
    CertificateAuthority.save(
        world.ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS)),
        folder.resolve("fra1").resolve(name + ".pem"),
        folder.resolve("fra1").resolve(name + ".key"));
  }

  private X509Certificate onDisk(String name) {
    return switch (Pem.readCertificates(folder.resolve("fra1").resolve(name + ".pem"))) {
      case FileResult.Good<List<X509Certificate>>(var chain) -> chain.getFirst();
      case FileResult.Bad<List<X509Certificate>> bad -> throw new AssertionError(bad.sentence());
    };
  }

  private static X509Certificate shown(InetSocketAddress at) throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            TrustingTls.anonymous()
                .getSocketFactory()
                .createSocket(at.getAddress(), at.getPort())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  @Test
  void limitsChangeForWhatComesFromThenOn() throws IOException {
    start();
    try (Socket first = new Socket(fra.http.getAddress(), fra.http.getPort());
        Socket second = new Socket(fra.http.getAddress(), fra.http.getPort())) {
      applied(edge(", limits: {max-connections-per-client: 1}", plain(fra.http, "")));
      assertThat(first.isConnected()).isTrue();
      assertThat(second.isConnected()).isTrue();
      try (Socket one = new Socket(fra.http.getAddress(), fra.http.getPort())) {
        one.setSoTimeout(20_000);
        one.getOutputStream()
            .write("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(one.getInputStream().read()).as("it is accepted").isEqualTo('H');
        try (Socket next = new Socket(fra.http.getAddress(), fra.http.getPort())) {
          next.setSoTimeout(20_000);
          assertThat(next.getInputStream().read()).isEqualTo(-1);
        }
      }
    }
    applied(edge("", plain(fra.http, "")));
    assertThat(status(fra.http)).isEqualTo(200);
  }

  @Test
  void aSiteWithoutAnEdgeGetsNoneWhileItRuns() {
    TestSite reflector = world.site("ams", 3).withoutEdge().start();
    HttpWire.Answer answer = reflector.config(edge("", plain(more, ""))).apply();
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.body()).contains("edge: cannot change while the node runs");
  }
}

package io.landfall.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.Await;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of clients: who gets in, and what backends here and at another node are told. */
class ClientCertificatesEndToEndTest {
  private static final String CONFIG =
      """
      edge: {listen: [{address: "HTTP"}, {address: "HTTPS", tls: {certificate: ../site.pem, key: ../site.key, client-ca: ../clients.pem, client-certificate: DEMAND}}]}
      """;

  /** With a cache. */
  private static final String PROBE =
      """
      probe: {http: /healthz, interval: 300ms, timeout: 300ms, fall: 5, rise: 2}
          cache: {default-ttl: 10m}
      """
          .strip();

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin atFra;
  private TestOrigin atNyc;
  private TestSite fra;
  private TestSite nyc;
  private InetSocketAddress https;
  private final CertificateAuthority clients =
      CertificateAuthority.generate("Clients", System.currentTimeMillis());
  private Credentials alice;

  @BeforeEach
  void aNodeThatAsksForCertificates() throws IOException {
    world = new TestWorld(folder);
    https = world.free(1);
    CertificateAuthority.save(
        world.ca.issue(site("shop.test", "api.test")),
        folder.resolve("site.pem"),
        folder.resolve("site.key"));
    clients.save(folder.resolve("clients.pem"), folder.resolve("clients.key"));
    alice = clients.issue(client("alice"));
    atFra = world.origin("fra", 1);
    atNyc = world.origin("nyc", 2);
    fra = world.site("fra", 1).hosts("shop", 10, PROBE, atFra).caches("api", 12);
    nyc = world.site("nyc", 2).knows("shop", 10).hosts("api", 12, PROBE, atNyc);
    nyc.dials(fra.overlay);
    fra.dials(nyc.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static CertificateRequest site(String... names) {
    return CertificateRequest.site(
        List.of(names), System.currentTimeMillis(), TestWorld.DAY_MILLIS);
  }

  private static CertificateRequest client(String name) {
    return site(name).withUsages(CertificateRequest.Usage.CLIENT);
  }

  private void start(String demand) {
    fra.config(
        CONFIG
            .strip()
            .replace("HTTPS", TestSite.text(https))
            .replace("HTTP", TestSite.text(fra.http))
            .replace("DEMAND", demand));
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(12, "10.32.0.2");
    for (String host : List.of("shop.test", "api.test")) {
      Await.until(
          host + " is answered",
          () -> HttpWire.get(fra.http, host, "/").status() == 200,
          () -> fra.show("show/services"));
    }
  }

  private static SSLContext context(Optional<Credentials> own) throws Exception {
    KeyManager[] managers = own.isPresent() ? new KeyManager[] {new Shown(own.get())} : null;
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers, new TrustManager[] {TrustingTls.trusting()}, null);
    return context;
  }

  private String ask(SSLContext context, String version, String host, String more)
      throws IOException {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setSoTimeout(30_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.connect(https, 30_000);
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + more + "\r\n")
                  .getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  @Test
  void whatIsAskedForWithACertificatePassesTheCaches() throws Exception {
    start("optional");
    SSLContext nobody = context(Optional.empty());
    SSLContext own = context(Optional.of(alice));
    for (String host : List.of("shop.test", "api.test")) {
      TestOrigin origin = host.equals("shop.test") ? atFra : atNyc;
      ask(nobody, "TLSv1.3", host, "");
      int before = asked(origin);
      ask(nobody, "TLSv1.3", host, "");
      assertThat(asked(origin)).as("the cache answers").isEqualTo(before);
      ask(own, "TLSv1.3", host, "");
      ask(own, "TLSv1.3", host, "");
      assertThat(asked(origin)).as("it does not").isEqualTo(before + 2);
    }
  }

  private static int asked(TestOrigin origin) {
    return origin.requests().size();
  }

  private static String field(Credentials own) throws Exception {
    return ":" + Base64.getEncoder().encodeToString(own.certificate().getEncoded()) + ":";
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void backendsHereAndAtAnotherNodeGetTheCertificate(String version) throws Exception {
    start("required");
    SSLContext own = context(Optional.of(alice));
    for (String host : List.of("shop.test", "api.test")) {
      // What a client makes up does not arrive.
      assertThat(ask(own, version, host, "Client-Cert: :AA==:\r\nClient-Cert-Chain: :AA==:\r\n"))
          .startsWith("HTTP/1.1 200");
    }
    for (TestOrigin origin : List.of(atFra, atNyc)) {
      assertThat(origin.requests().getLast().all("client-cert")).containsExactly(field(alice));
      assertThat(origin.requests().getLast().all("client-cert-chain")).isEmpty();
    }
    // A path that no cache has.
    assertThat(HttpWire.get(fra.http, "api.test", "/new", "Client-Cert: :AA==:").status())
        .isEqualTo(200);
    assertThat(atNyc.requests().getLast().line()).contains("/new");
    assertThat(atNyc.requests().getLast().all("client-cert")).isEmpty();
    assertThat(fra.show("show/tls")).contains("\"clients\":\"required\"");
  }

  /** The connection changes to HTTP/2 with the end of the handshake that proves the certificate. */
  @ParameterizedTest
  @ValueSource(strings = {"1.2", "1.3"})
  void soTheyDoOverHttp2(String tls) throws Exception {
    assumeThat(TlsHygieneTest.isOnPath("curl")).as("curl is on the PATH").isTrue();
    start("required");
    CertificateAuthority.save(alice, folder.resolve("alice.pem"), folder.resolve("alice.key"));
    for (String host : List.of("shop.test", "api.test")) {
      String at = host + ":" + https.getPort();
      List<String> command = new ArrayList<>(List.of("curl", "-sSik", "--http2", "-m", "30"));
      command.addAll(List.of("--tls-max", tls, "--cert", "alice.pem", "--key", "alice.key"));
      String to = at + ":" + https.getAddress().getHostAddress();
      command.addAll(List.of("--resolve", to, "https://" + at + "/"));
      Process curl =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
      assertThat(new String(curl.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/2 200");
    }
    for (TestOrigin origin : List.of(atFra, atNyc)) {
      assertThat(origin.requests().getLast().all("client-cert")).containsExactly(field(alice));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void whoHasNoGoodOneIsRefusedWhereItIsRequired(String version) throws Exception {
    start("required");
    Credentials stranger = world.ca.issue(client("mallory"));
    Credentials server =
        clients.issue(site("server.test").withUsages(CertificateRequest.Usage.SERVER));
    for (Optional<Credentials> own :
        List.of(Optional.<Credentials>empty(), Optional.of(stranger), Optional.of(server))) {
      SSLContext context = context(own);
      assertThatThrownBy(() -> ask(context, version, "shop.test", ""))
          .isInstanceOf(IOException.class);
    }
    assertThat(atFra.requests()).noneMatch(request -> !request.all("client-cert").isEmpty());
    // A session is not resumed: its client would not be looked at again.
    SSLContext again = context(Optional.of(alice));
    assertThat(ask(again, version, "shop.test", "")).startsWith("HTTP/1.1 200");
    Files.writeString(folder.resolve("clients.pem"), Files.readString(folder.resolve("ca.pem")));
    assertThat(fra.command("POST", "reload", "{}").status()).isEqualTo(200);
    assertThatThrownBy(() -> ask(again, version, "shop.test", "")).isInstanceOf(IOException.class);
    assertThat(ask(context(Optional.of(stranger)), version, "shop.test", ""))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void whereItIsOptionalAClientMayHaveNone() throws Exception {
    start("optional");
    assertThat(ask(context(Optional.empty()), "TLSv1.3", "shop.test", "Client-Cert: :AA==:\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(atFra.requests().getLast().all("client-cert")).isEmpty();
    assertThat(ask(context(Optional.of(alice)), "TLSv1.3", "shop.test", ""))
        .startsWith("HTTP/1.1 200");
    assertThat(atFra.requests().getLast().all("client-cert")).containsExactly(field(alice));
    SSLContext stranger = context(Optional.of(world.ca.issue(client("mallory"))));
    assertThatThrownBy(() -> ask(stranger, "TLSv1.3", "shop.test", ""))
        .isInstanceOf(IOException.class);
  }

  /** Shows its certificate to any server, whatever CAs that names. */
  private static final class Shown extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final Credentials own;

    Shown(Credentials own) {
      this.own = own;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.key();
    }
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Responses of OCSP beside certificates, made and looked at by {@code openssl}. */
class OcspStaplingTest {
  private static final long START = System.currentTimeMillis();

  @TempDir Path folder;
  private final CapturedLog log = new CapturedLog();
  private final CertificateAuthority ca = CertificateAuthority.generate("Test", START);
  private final CertificateAuthority other = CertificateAuthority.generate("Other", START);
  private long now = System.currentTimeMillis();
  private NodeConfig config;
  private TlsStore store;
  private WatchedListener listener;
  private TlsServer server;

  private final Clock clock =
      new Clock() {
        @Override
        public long monotonicNanos() {
          return now * 1_000_000;
        }

        @Override
        public long wallMillis() {
          return now;
        }
      };

  @BeforeEach
  void aListener() throws Exception {
    assumeThat(TlsHygieneTest.hasOpenSsl()).as("openssl is on the PATH").isTrue();
    ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    other.save(folder.resolve("other.pem"), folder.resolve("other.key"));
    CertificateAuthority.save(
        ca.issue(TestWorld.request("fra", 1)),
        folder.resolve("fra.pem"),
        folder.resolve("fra.key"));
    Credentials site =
        ca.issue(
            CertificateRequest.site(List.of("shop.test"), START, Duration.ofDays(90).toMillis()));
    CertificateAuthority.save(site, folder.resolve("site.pem"), folder.resolve("site.key"));
    Files.writeString(
        folder.resolve("site.pem"),
        Files.readString(folder.resolve("site.pem")) + Files.readString(folder.resolve("ca.pem")));
    Path file = folder.resolve("fra.yaml");
    Files.writeString(
        file,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.0.0.1:1"}
        trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
        edge: {listen: [{address: "127.0.0.1:2", tls: {certificate: site.pem, key: site.key}}]}
        services: {shop: {identity: 10.32.1.10, hosts: [shop.test]}}
        admin: {socket: fra.sock}
        """);
    if (!(ConfigLoader.load(file) instanceof ConfigResult.Valid valid)) {
      throw new AssertionError(ConfigLoader.load(file).toString());
    }
    config = valid.config();
    ListenerCertificates certificates = ListenerCertificates.of(config, 0);
    store = new TlsStore(certificates.load(clock, new Findings(config)).orElseThrow().names());
    listener =
        new WatchedListener(
            config,
            config.edge().orElseThrow().listen().getFirst(),
            certificates,
            store,
            Instant.ofEpochMilli(now));
    server = new TlsServer(store, 0);
  }

  @AfterEach
  void stop() {
    log.close();
    if (server != null) {
      server.close();
    }
  }

  private String openssl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return all;
  }

  /** A response for the certificate, signed by a CA, that finds it good, or revoked. */
  private byte[] response(String signer, boolean good, int days) throws Exception {
    String serial = openssl("x509", "-in", "site.pem", "-noout", "-serial");
    String line =
        (good ? "V\t350101000000Z\t\t" : "R\t350101000000Z\t260101000000Z\t")
            + serial.strip().substring("serial=".length())
            + "\tunknown\t/CN=shop.test\n";
    Files.writeString(folder.resolve("index"), line);
    openssl(
        "ocsp", "-issuer", "ca.pem", "-cert", "site.pem", "-no_nonce", "-reqout", "request.der");
    String said =
        openssl(
            "ocsp",
            "-index",
            "index",
            "-CA",
            "ca.pem",
            "-rsigner",
            signer + ".pem",
            "-rkey",
            signer + ".key",
            "-reqin",
            "request.der",
            "-respout",
            "made.ocsp",
            "-ndays",
            Integer.toString(days));
    assertThat(folder.resolve("made.ocsp")).as(said).exists();
    return Files.readAllBytes(folder.resolve("made.ocsp"));
  }

  /** With a responder whose name is no name: the type of its first attribute is no identifier. */
  private static byte[] misnamed(byte[] response) {
    String text = new String(response, StandardCharsets.ISO_8859_1);
    byte[] changed = response.clone();
    // An object identifier of three octets, which begins with 2.5.4 (X.520).
    changed[text.indexOf("\6\3\125\4")]++;
    return changed;
  }

  private void write(byte[] response) throws IOException {
    Files.write(folder.resolve("site.pem.ocsp"), response);
    listener.look(clock);
    listener.look(clock);
  }

  /** What a client that asks for a response gets. */
  private String received() throws Exception {
    return openssl(
        "s_client",
        "-connect",
        "127.0.0.1:" + server.address().getPort(),
        "-servername",
        "shop.test",
        "-status");
  }

  private String state() {
    return listener.staples().getFirst().state();
  }

  @Test
  void aGoodResponseIsSentUntilItEnds() throws Exception {
    assertThat(received()).contains("OCSP response: no response sent");
    write(response("ca", true, 1));
    assertThat(state()).isEqualTo("stapled");
    assertThat(received()).contains("OCSP Response Status: successful", "Cert Status: good");
    // The JDK alone would take it for some minutes more.
    now += Duration.ofHours(24).plusMinutes(10).toMillis();
    listener.look(clock);
    assertThat(state()).contains("site.pem.ocsp: it is no response that can be used: ");
    assertThat(received()).contains("OCSP response: no response sent");
    assertThat(log.with("no response of OCSP is sent", "site.pem.ocsp")).hasSize(1);
  }

  @Test
  void whatIsNoGoodResponseIsNotSentAndIsReportedOnce() throws Exception {
    List<byte[]> bad =
        List.of(
            response("other", true, 1),
            response("ca", false, 1),
            misnamed(response("ca", true, 1)),
            "nothing".getBytes(StandardCharsets.US_ASCII),
            new byte[70_000]);
    for (int i = 0; i < bad.size(); i++) {
      write(bad.get(i));
      listener.look(clock);
      assertThat(state()).startsWith(folder.resolve("site.pem.ocsp") + ": ");
      assertThat(log.with("no response of OCSP is sent")).hasSize(i + 1);
    }
    assertThat(received()).contains("OCSP response: no response sent");
    Findings findings = new Findings(config);
    ListenerCertificates.of(config, 0).load(clock, findings);
    assertThat(findings.warnings()).singleElement().asString().contains("site.pem.ocsp");
    Files.delete(folder.resolve("site.pem.ocsp"));
    listener.look(clock);
    listener.look(clock);
    assertThat(state()).isEqualTo("none");
  }
}

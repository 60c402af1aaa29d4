package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.edge.tls.ServerNames;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.edge.tls.TlsStore;
import io.landfall.trust.Credentials;
import io.landfall.trust.FileResult;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused of what old clients and attackers ask for, by {@code openssl s_client}. */
class TlsHygieneTest {
  @TempDir Path folder;
  private TlsServer server;

  @BeforeEach
  void aServer() throws Exception {
    assumeThat(hasOpenSsl()).as("openssl is on the PATH").isTrue();
    CertificateAuthority ca = CertificateAuthority.generate("Test", System.currentTimeMillis());
    Credentials own =
        ca.issue(
            CertificateRequest.site(
                List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS));
    if (!(ServerNames.of(
            List.of(new ServerNames.Identity(own.key(), own.chain()), rsa()),
            ServerNames.Hosts.ANY,
            true)
        instanceof ServerNames.Result.Usable(ServerNames names))) {
      throw new AssertionError("unusable");
    }
    TlsStore store = new TlsStore(names);
    store.put(TicketKeys.random(new SecureRandom()));
    server = new TlsServer(store, 0);
  }

  /** Whether {@code openssl} can be run. */
  static boolean hasOpenSsl() {
    return isOnPath("openssl");
  }

  static boolean isOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .anyMatch(Files::isExecutable);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** With an RSA key, for the suites that need one; the other certificates here have EC keys. */
  private ServerNames.Identity rsa() throws Exception {
    Process made =
        new ProcessBuilder(
                ("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=shop.test -addext"
                        + " subjectAltName=DNS:shop.test -keyout rsa.key -out rsa.pem")
                    .split(" "))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    made.getInputStream().readAllBytes();
    made.waitFor();
    if (Credentials.load(folder.resolve("rsa.pem"), folder.resolve("rsa.key"))
        instanceof FileResult.Good<Credentials>(Credentials own)) {
      return new ServerNames.Identity(own.key(), own.chain());
    }
    throw new AssertionError("openssl made no certificate");
  }

  /** What s_client prints, with this as its input, after which it ends. */
  private String connect(String input, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-servername",
                "shop.test",
                "-connect",
                "127.0.0.1:" + server.address().getPort()));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It has ended already, which its output tells.
    }
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return all;
  }

  @Test
  void bothVersionsAreSpokenWithoutCompressionAndWithoutEarlyData() throws Exception {
    assertThat(connect("", "-tls1_3"))
        .contains("New, TLSv1.3, Cipher is TLS_AES_")
        .contains("Compression: NONE")
        .contains("Early data was not sent");
    assertThat(connect("", "-tls1_2", "-comp"))
        .contains("New, TLSv1.2, Cipher is ECDHE-ECDSA-AES128-GCM-SHA256")
        .contains("Compression: NONE")
        .contains("Secure Renegotiation IS supported");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1", "-tls1_1"})
  void olderVersionsAreRefused(String version) throws Exception {
    assertThat(connect("", version, "-cipher", "DEFAULT@SECLEVEL=0"))
        .contains("alert protocol version")
        .contains("Cipher is (NONE)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kRSA",
        "DHE",
        "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES128-SHA",
        "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA384",
        "ECDHE-ECDSA-AES128-CCM:ECDHE-ECDSA-AES128-CCM8",
        "ARIA128:CAMELLIA",
        "aNULL",
        "eNULL"
      })
  void suitesWithoutForwardSecrecyOrAuthenticatedEncryptionAreRefused(String suites)
      throws Exception {
    assertThat(connect("", "-tls1_2", "-cipher", suites + ":@SECLEVEL=0"))
        .as(suites)
        .contains("handshake failure")
        .contains("Cipher is (NONE)");
  }

  @Test
  void thisNodeChoosesTheSuite() throws Exception {
    assertThat(
            connect(
                "",
                "-tls1_2",
                "-cipher",
                "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256"))
        .contains("Cipher is ECDHE-ECDSA-AES128-GCM-SHA256");
    assertThat(connect("", "-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"))
        .contains("Cipher is ECDHE-ECDSA-CHACHA20-POLY1305");
  }

  @Test
  void renegotiationByAClientIsRefused() throws Exception {
    // R on a line of its own begins one.
    assertThat(connect("R\n", "-tls1_2"))
        .contains("RENEGOTIATING")
        .containsPattern("no renegotiation|unexpected message|alert|errno|closed");
  }
}

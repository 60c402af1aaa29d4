package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where certificates are ordered, and which of a listener are. */
class AcmeReaderTest {
  private static final String EDGE = "edge:\n";
  private static final String ONE = "{certificate: site.pem, key: site.key}";
  private static final String ACME =
      "edge:\n  acme: {directory: \"https://acme.test/dir\", folder: acme, accept-terms: true}\n";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void folder() {
    folder = new ConfigFolder(temp);
  }

  private static String config(String acme, String tls) {
    return ConfigFolder.GOOD.replace(EDGE, acme).replace(ONE, tls);
  }

  private EdgeConfig read(String acme, String tls) {
    return folder.valid(config(acme, tls)).edge().orElseThrow();
  }

  private String problem(String acme, String tls) {
    List<String> problems = folder.problems(config(acme, tls));
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void theShortFormHasDefaults() {
    assertThat(read(ACME, ONE).acme())
        .contains(
            new AcmeConfig(
                URI.create("https://acme.test/dir"),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                temp.resolve("acme/account.pem"),
                temp.resolve("acme"),
                Optional.empty(),
                List.of(AcmeConfig.Challenge.HTTP_01, AcmeConfig.Challenge.TLS_ALPN_01)));
    assertThat(read(EDGE, ONE).acme()).isEmpty();
  }

  @Test
  void allOfItIsRead() {
    AcmeConfig acme =
        read(
                ACME.replace(
                    "true}",
                    "true, ca: ca.pem, account-key: keys/a.pem, contact: [\"mailto:a@b.test\"],"
                        + " renew-before: 10s, challenges: [tls-alpn-01],"
                        + " external-account: {key-id: kid-1, hmac-key: site.key}}"),
                ONE)
            .acme()
            .orElseThrow();
    assertThat(acme.authorities()).contains(temp.resolve("ca.pem"));
    assertThat(acme.accountKey()).isEqualTo(temp.resolve("keys/a.pem"));
    assertThat(acme.contacts()).containsExactly("mailto:a@b.test");
    assertThat(acme.renewBeforeMillis()).contains(10_000L);
    assertThat(acme.challenges()).containsExactly(AcmeConfig.Challenge.TLS_ALPN_01);
    assertThat(acme.external())
        .contains(new AcmeConfig.External("kid-1", temp.resolve("site.key")));
  }

  @Test
  void whatIsOrderedHasAFileOfItsOwnBesideFilesOfOthers() {
    EdgeConfig edge =
        read(
            ACME,
            "{certificates: ["
                + ONE
                + ", {acme: [a.test, b.test]}, {acme: [a.test, b.test],"
                + " key-type: rsa-2048}]}");
    ListenTlsConfig tls = edge.listen().getFirst().tls().orElseThrow();
    assertThat(tls.certificates()).hasSize(3);
    assertThat(tls.orderedAt(tls.certificates().getFirst())).isEmpty();
    AcmeConfig.Ordered first = tls.orderedAt(tls.certificates().get(1)).orElseThrow();
    assertThat(first.names()).containsExactly("a.test", "b.test");
    assertThat(first.keyType()).isEqualTo(AcmeConfig.KeyType.ECDSA_P256);
    assertThat(first.files().certificate())
        .isEqualTo(first.files().key())
        .hasParentRaw(temp.resolve("acme"));
    assertThat(first.files().certificate().getFileName().toString())
        .startsWith("a.test-ecdsa-p256-");
    assertThat(edge.ordered()).hasSize(2).doesNotHaveDuplicates();
    assertThat(read(ACME, "{certificates: [{acme: [a.test]}]}").ordered().getFirst().files())
        .as("other names are another certificate")
        .isNotEqualTo(first.files());
    assertThat(read(ACME, "{certificates: [{acme: [" + "a.".repeat(110) + "test]}]}").ordered())
        .allMatch(each -> each.files().key().getFileName().toString().length() < 200);
  }

  @Test
  void whatIsWrongIsNamed() {
    String tls = "{certificates: [{acme: [%s]}]}";
    assertThat(problem(ACME, tls.formatted("\"*.a.test\"")))
        .contains("tls.certificates[0].acme[0]: '*.a.test' is a wildcard, which neither http-01");
    assertThat(problem(ACME, tls.formatted("A.test"))).contains("is no DNS name in lower case");
    assertThat(problem(ACME, tls.formatted("shop"))).contains("is no DNS name in lower case");
    assertThat(problem(ACME, tls.formatted("192.0.2.1"))).contains("is an address");
    assertThat(problem(ACME, tls.formatted(""))).contains("acme: is empty");
    assertThat(problem(ACME, tls.formatted("a.test, a.test"))).contains("has a name twice");
    assertThat(problem(EDGE, tls.formatted("a.test"))).contains("there is no usable edge.acme");
    assertThat(problem(ACME, "{certificates: [{acme: [a.test], key: site.key}]}"))
        .contains("acme: stands beside certificate or key");
    assertThat(
            problem(
                ACME,
                "{certificates: [{certificate: site.pem, key: site.key,"
                    + " key-type: rsa-2048}]}"))
        .contains("key-type: is for a certificate with acme");
    String many = String.join(", ", Collections.nCopies(101, "a.test"));
    assertThat(folder.problems(config(ACME, tls.formatted(many))).getFirst())
        .contains("has 101 entries, more than 100");
    assertThat(problem(ACME.replace("https:", "http:"), ONE)).contains("is no URL of https");
    assertThat(problem(ACME.replace("true", "false"), ONE))
        .contains("edge.acme.accept-terms: a CA issues nothing");
    assertThat(problem(ACME.replace("folder: acme, ", ""), ONE))
        .contains("edge.acme.folder: is missing");
    assertThat(problem(ACME.replace("true}", "true, challenges: []}"), ONE))
        .contains("challenges: names none");
    assertThat(problem(ACME.replace("true}", "true, contact: [\"http://x\"]}"), ONE))
        .contains("is no mailto URL");
  }

  @Test
  void aRunningNodeDoesNotOrderOthers() {
    NodeConfig now = folder.valid(config(ACME, "{certificates: [{acme: [a.test]}]}"));
    NodeConfig wanted = folder.valid(config(ACME, "{certificates: [{acme: [b.test]}]}"));
    assertThat(
            RestartRules.broken(
                now,
                wanted,
                List.of(
                    new ConfigDifference.Change(
                        "edge.listen[0].tls.certificates[0].acme",
                        Optional.empty(),
                        Optional.empty()))))
        .hasSize(1)
        .allMatch(each -> each.key().startsWith("edge.listen"));
  }
}

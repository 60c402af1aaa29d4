package io.landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.json.JsonValue;
import io.landfall.trust.Admission;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall ca}: files that a config takes, and what is printed of them. */
class CaCommandsTest {
  @TempDir Path temp;

  @Test
  void theCaMakesFilesThatAConfigTakes() throws IOException {
    String ca = temp.resolve("ca").toString();
    assertThat(Ran.landfall("ca", "init", "--dir", ca).code()).isZero();
    Ran issue =
        Ran.landfall(
            "ca",
            "issue",
            "--ca",
            ca,
            "--domain",
            "cdn.example",
            "--node",
            "fra",
            "--identity",
            "10.32.0.1",
            "--service",
            "shop",
            "--out",
            temp.toString());
    assertThat(issue.err()).isEmpty();
    assertThat(issue.code()).isZero();
    assertThat(
            Ran.landfall(
                    "ca",
                    "issue-site",
                    "--ca",
                    ca,
                    "--host",
                    "shop.example",
                    "--out",
                    temp.toString())
                .code())
        .isZero();
    Path config = temp.resolve("node.yaml");
    Files.writeString(
        config,
        """
        node: {name: fra, identity: 10.32.0.1}
        overlay: {block: 10.32.0.0/23, listen: "127.77.12.1:8443"}
        trust: {domain: cdn.example, ca: ca/ca.pem, certificate: fra.pem, key: fra.key}
        edge: {listen: [{address: "127.77.12.1:4443", tls: {certificate: site.pem, key: site.key}}]}
        """);
    Ran check = Ran.landfall("check", config.toString());
    assertThat(check.err()).isEmpty();
    assertThat(check.out()).contains("is valid: node fra (10.32.0.1), 0 services");

    Files.writeString(
        config,
        Files.readString(config).replace("10.32.0.1}", "10.32.0.1, region: eu}")
            + """
            services:
              shop: {identity: 10.32.1.10, hosts: [shop.example], cache: {max-object: 1MiB}}
            """);
    Ran warned = Ran.landfall("check", config.toString());
    assertThat(warned.code()).isZero();
    assertThat(warned.out()).contains("is valid: node fra (10.32.0.1), 1 service, ");
    assertThat(warned.err().lines())
        .containsExactly(
            "warning: "
                + config
                + ":1: node.region: has no effect: nothing depends on where a node is yet; it may"
                + " stay");
    JsonValue json = JsonValue.parse(Ran.landfall("check", config.toString(), "--json").out());
    assertThat(json.get("valid").isTrue()).isTrue();
    assertThat(json.get("warnings").items()).hasSize(1);

    Ran again = Ran.landfall("ca", "init", "--dir", ca);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("nothing is overwritten");
    Ran wrong =
        Ran.landfall(
            "ca", "issue", "--ca", ca, "--domain", "CDN", "--node", "fra", "--identity", "x");
    assertThat(wrong.code()).isEqualTo(2);
    Ran noCa = Ran.landfall("ca", "issue-site", "--ca", temp.toString(), "--host", "a.example");
    assertThat(noCa.code()).isEqualTo(1);
    assertThat(noCa.err()).contains("landfall ca init");
  }

  @Test
  void anAddressIsAnIpNameOfASiteAndNoDnsName() throws Exception {
    String ca = temp.resolve("ca").toString();
    assertThat(Ran.landfall("ca", "init", "--dir", ca).code()).isZero();
    assertThat(site(ca, "mixed", "127.77.9.1,shop.example,[::1],2001:DB8:0::1"))
        .containsExactlyInAnyOrder(
            List.of(2, "shop.example"),
            List.of(7, "127.77.9.1"),
            List.of(7, "0:0:0:0:0:0:0:1"),
            List.of(7, "2001:db8:0:0:0:0:0:1"));
    assertThat(site(ca, "six", "::1")).containsExactly(List.of(7, "0:0:0:0:0:0:0:1"));

    String out = temp.toString();
    for (String wrong :
        List.of(
            "127.77.9.256", "1.2.3", "shop.example:443", "[127.77.9.1]", "[::1", "fe80::1%lo")) {
      Ran refused = Ran.landfall("ca", "issue-site", "--ca", ca, "--host", wrong, "--out", out);
      assertThat(refused.code()).as(wrong).isEqualTo(2);
      assertThat(refused.err()).contains("host '" + wrong + "' is neither a name nor an address");
    }
  }

  private Collection<List<?>> site(String ca, String name, String hosts) throws Exception {
    String out = temp.toString();
    Ran issued =
        Ran.landfall("ca", "issue-site", "--ca", ca, "--host", hosts, "--name", name, "--out", out);
    assertThat(issued.code()).as(issued.err()).isZero();
    return switch (Pem.readCertificates(temp.resolve(name + ".pem"))) {
      case FileResult.Good<List<X509Certificate>>(List<X509Certificate> chain) ->
          chain.getFirst().getSubjectAlternativeNames();
      case FileResult.Bad<List<X509Certificate>> bad -> throw new AssertionError(bad.sentence());
    };
  }

  @Test
  void theFirstHostMayBeAWildcard() throws Exception {
    String ca = temp.resolve("ca").toString();
    assertThat(Ran.landfall("ca", "init", "--dir", ca).code()).isZero();
    assertThat(site(ca, "wild", "*.shop.example,shop.example"))
        .containsExactlyInAnyOrder(List.of(2, "*.shop.example"), List.of(2, "shop.example"));
  }

  @Test
  void whatTheCaWroteIsPrintedAsJson() {
    Path ca = temp.resolve("ca");
    Ran init = Ran.landfall("ca", "init", "--dir", ca.toString(), "--json");
    JsonValue files = JsonValue.parse(init.out());
    assertThat(files.text("certificate")).isEqualTo(ca.resolve("ca.pem").toString());
    assertThat(files.text("key")).isEqualTo(ca.resolve("ca.key").toString());

    String site = temp.resolve("site.pem").toString();
    String folder = temp.toString();
    Ran issued =
        Ran.landfall(
            "ca", "issue-site", "--ca", ca.toString(), "--host", "a.example", "--out", folder);
    assertThat(issued.code()).isZero();
    Ran lines = Ran.landfall("ca", "fingerprint", site);
    JsonValue print = JsonValue.parse(Ran.landfall("ca", "fingerprint", site, "--json").out());
    assertThat(lines.out().lines())
        .containsExactly("key " + print.text("key"), "serial " + print.text("serial"));
    String root = ca.resolve("ca.pem").toString();
    assertThat(Ran.landfall("ca", "fingerprint", root, "--json").out()).contains("\"serial\":null");
  }

  @Test
  void theCaIssuesNoMoreServicesThanANodeAdmits() {
    String ca = temp.resolve("ca").toString();
    assertThat(Ran.landfall("ca", "init", "--dir", ca).code()).isZero();
    for (int services : new int[] {Admission.MAX_SERVICES, Admission.MAX_SERVICES + 1}) {
      String names = String.join(",", IntStream.range(0, services).mapToObj(i -> "s" + i).toList());
      Ran issue =
          Ran.landfall(
              "ca",
              "issue",
              "--ca",
              ca,
              "--domain",
              "cdn.example",
              "--node",
              "n" + services,
              "--identity",
              "10.32.0.1",
              "--service",
              names,
              "--out",
              temp.toString());
      if (services <= Admission.MAX_SERVICES) {
        assertThat(issue.err()).isEmpty();
        assertThat(issue.code()).isZero();
      } else {
        assertThat(issue.code()).isEqualTo(2);
        assertThat(issue.err()).contains("no node admits more than " + Admission.MAX_SERVICES);
      }
    }
  }
}

package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.checks.lab.LabRequirements;
import io.landfall.core.Block;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages for an operator, followed word by word on a fleet of real nodes on loopback addresses:
 * each command is run, and what a page shows below it must come out.
 */
class OperatorPagesLab {
  private static final String NET = "127.98.11.";
  private static final Map<String, Integer> NODES =
      new TreeMap<>(Map.of("fra", 1, "nyc", 2, "sin", 3));

  @TempDir Path folder;
  private PageFleet fleet;
  private CertificateAuthority ca;
  private PageOrigin shop;
  private PageOrigin media;

  /** What the mapping trust of each node ends with. */
  private String trustToo = "";

  @BeforeEach
  void aFleet() throws IOException {
    LabRequirements.require("curl");
    fleet = new PageFleet(folder);
    NODES.keySet().forEach(fleet::folder);
    fleet.folder("ops");
    shop = new PageOrigin(NET + "101", "shop");
    media = new PageOrigin(NET + "102", "media");
    fleet.with("http://10.0.0.7:8080", shop.url()).with("http://10.0.0.8:8080", media.url());
    NODES.forEach(
        (name, n) ->
            fleet
                .with("http://203.0.113." + n + "0/", "http://" + NET + n + ":7480/")
                .with("203.0.113." + n + "0:80\"", NET + n + ":7480\"")
                .with("203.0.113." + n + "0", NET + n));
    ca = CertificateAuthority.generate("Example CDN", System.currentTimeMillis());
  }

  @AfterEach
  void stop() {
    fleet.close();
    shop.close();
    media.close();
  }

  /** A node that hosts shop or knows it, as docs/deploy.md leaves it. */
  private void node(String name, String backends, String... others) throws IOException {
    CertificateAuthority.save(
        ca.issue(
            CertificateRequest.node(
                new TrustDomain("cdn.example"),
                new NodeName(name),
                Block.parse("10.32.0.0/23").parseHost("10.32.0." + NODES.getOrDefault(name, 0)),
                List.of(new ServiceName("shop"), new ServiceName("media")),
                System.currentTimeMillis(),
                Duration.ofDays(1).toMillis())),
        fleet.folder("ops/" + name).resolve(name + ".pem"),
        fleet.folder("ops/" + name).resolve(name + ".key"));
    for (String ending : List.of(".pem", ".key")) {
      Files.copy(
          fleet.folder("ops/" + name).resolve(name + ending),
          fleet.folder(name).resolve("node" + ending));
    }
    Path trusted = fleet.folder("ops/ca").resolve("ca.pem");
    if (Files.notExists(trusted)) {
      ca.save(trusted, trusted.resolveSibling("ca.key"));
    }
    Files.copy(trusted, fleet.folder(name).resolve("ca.pem"));
    StringBuilder candidates = new StringBuilder();
    for (String other : others) {
      candidates.append(candidates.isEmpty() ? "" : ", ").append(overlay(other));
    }
    fleet.write(
        name,
        """
        node: {name: %s, identity: 10.32.0.%d}
        overlay: {block: 10.32.0.0/23, listen: %s, candidates: [%s]}
        trust: {domain: cdn.example, ca: ca.pem, certificate: node.pem, key: node.key%s}
        edge: {listen: [{address: "203.0.113.%d0:80"}]}
        admin: {socket: /run/landfall/landfall.sock, state-file: /var/lib/landfall/operator.state}
        services:
          shop:
            identity: 10.32.1.10
            hosts: [shop.example]
        %s"""
            .formatted(
                name,
                NODES.get(name),
                overlay(name),
                candidates,
                trustToo,
                NODES.get(name),
                backends.indent(4)),
        true);
    fleet.start(name);
  }

  private static String overlay(String node) {
    return "\"203.0.113." + NODES.get(node) + "0:8443\"";
  }

  private static String hosted() {
    return "backends: [\"http://10.0.0.7:8080\"]\nprobe: {http: /healthz, interval: 500ms}";
  }

  @Test
  void deployingTheFirstNodeAndAskingItsApi() {
    fleet.follow(OperatorPage.steps("docs/deploy.md"));
    fleet.follow(OperatorPage.steps("docs/admin-api.md"));
  }

  @Test
  void addingAService() throws IOException {
    node("fra", hosted(), "nyc", "sin");
    node("nyc", "", "fra", "sin");
    node("sin", "", "fra", "nyc");
    fleet.follow(OperatorPage.steps("docs/adding-a-service.md"));
  }

  @Test
  void addingASite() throws IOException {
    node("fra", hosted(), "nyc");
    node("nyc", "", "fra");
    fleet.follow(OperatorPage.steps("docs/adding-a-site.md"));
  }

  @Test
  void certificatesAreRenewedRevokedAndOfAnotherCa() throws IOException {
    trustToo = ", revoked: revoked.txt";
    for (String name : List.of("fra", "nyc")) {
      Files.writeString(fleet.folder(name).resolve("revoked.txt"), "");
    }
    node("fra", hosted(), "nyc");
    node("nyc", hosted(), "fra");
    fleet.follow(OperatorPage.steps("docs/certificates.md"));
  }

  @Test
  void upgradingANode() throws IOException {
    node("fra", hosted(), "nyc");
    node("nyc", hosted(), "fra");
    fleet.follow(OperatorPage.steps("docs/upgrade.md"));
  }

  @Test
  void aPageIsReadAsItIsWritten() {
    List<OperatorPage.Step> steps =
        OperatorPage.stepsOf(
            """
            x
            ```console
            fra,nyc# landfall show status
            node ... up

            ops# true
            ```
            ```yaml add sin
              a: b
            ```
            ```
            fra# not a step
            ```
            """);
    assertThat(steps)
        .containsExactly(
            new OperatorPage.Step.Run(
                List.of("fra", "nyc"), "landfall show status", List.of("node ... up")),
            new OperatorPage.Step.Run(List.of("ops"), "true", List.of()),
            new OperatorPage.Step.Write(List.of("sin"), "  a: b\n", false));
    assertThat(OperatorPage.has("a\nnode  fra is up\nb\n", List.of("node ... up", "b"))).isTrue();
    assertThat(OperatorPage.has("b\nnode fra is up\n", List.of("node ... up", "b"))).isFalse();
    assertThat(OperatorPage.has("node fra is down\n", List.of("node ... up"))).isFalse();
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can change while a node runs, and that everything else is refused with its key. */
class RestartRulesTest {
  private static final String HOSTS =
      """
      service-bgp:
        listen: "127.0.0.1:1179"
        hosts: {web7: {address: 10.0.0.7}, web8: {address: 10.0.0.8}}
      """;

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  /** The keys that keep a node with one config from going on with the other, with their lines. */
  private List<String> broken(String now, String wanted) {
    NodeConfig before = folder.valid(now);
    NodeConfig after = folder.valid(wanted);
    return RestartRules.broken(before, after, ConfigDifference.of(now, wanted)).stream()
        .map(problem -> problem.line() + " " + problem.key())
        .toList();
  }

  private List<String> brokenWith(String piece, String replacement, String... more) {
    String wanted = ConfigFolder.GOOD.replace(piece, replacement);
    for (int i = 0; i < more.length; i += 2) {
      wanted = wanted.replace(more[i], more[i + 1]);
    }
    assertThat(wanted).isNotEqualTo(ConfigFolder.GOOD);
    return broken(ConfigFolder.GOOD, wanted);
  }

  @Test
  void theSameConfigBreaksNothing() {
    assertThat(broken(ConfigFolder.GOOD, ConfigFolder.GOOD + "# a comment\n")).isEmpty();
    assertThat(
            brokenWith("  region: eu\n", "  region: eu\n", "asn: 64500,", "asn: 64500, port: 179,"))
        .as("a default that is written out")
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hosts: [shop.example]        | hosts: [shop.example, www.shop.example]
          http://10.0.0.7:8080         | http://10.0.0.8:8080
          /healthz, interval: 500ms    | /other, interval: 600ms
          identity: 10.32.1.10         | identity: 10.32.1.12
          hosts: [media.example]       | hosts: [media.example, m.example]
          candidates: [nyc.edge.example:8443] | candidates: []
          {nyc: [shop]}                | {nyc: [media], sin: [shop]}
          '- address: 127.0.0.1:8080'  | '- address: 127.0.0.1:8080;;  trusted-proxies: [192.0.2.0/24]'
          '- address: 127.0.0.1:8080'  | '- address: 127.0.0.1:8080;;  lookalike-fields: pass'
          admin:                       | 'log: {level: debug};;admin:'
          region: eu                   | region: us
          {nyc: 50}                    | {nyc: 51}
          prefixes: [198.51.100.0/24]  | prefixes: [198.51.101.0/24]
          address: 192.0.2.1           | address: 192.0.2.2
          address: 127.0.0.1:8080      | address: 127.0.0.1:8081
          '- address: 127.0.0.1:8080'  | '- address: 127.0.0.1:8080;;  limits: {max-connections: 77}'
          '- address: 127.0.0.1:8080'  | '- address: 127.0.0.1:8080;;  http2: off'
          '- address: 127.0.0.1:8080'  | '- address: 127.0.0.1:8080;;  tls-hosts: any'
          {max-object: 64MiB}          | {max-object: 32MiB}
          admin:                       | 'shutdown: {grace: 9s};;admin:'
          services:                    | 'services:;;  new: {identity: 10.32.1.13, hosts: [new.example]}'
          """)
  void whatCanChange(String piece, String replacement) {
    assertThat(brokenWith(piece, replacement.replace(";;", "\n"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: fra                    | name: ber                | 2 node.name
          identity: 10.32.0.1          | identity: 10.32.0.9      | 3 node.identity
          block: 10.32.0.0/23          | block: 10.32.0.0/22      | 6 overlay.block
          listen: 127.0.0.1:8443       | listen: 127.0.0.1:8444   | 7 overlay.listen
          domain: cdn.example          | domain: b.example        | 11 trust.domain
          key: fra.key                 | key: up1.key             | 14 trust.key
          metrics: 127.0.0.1:9100      | metrics: 127.0.0.1:9101  | 37 admin.metrics
          admin:                       | 'log: {format: json};;admin:' | 35 log.format
          """)
  void whatNeedsARestart(String piece, String replacement, String key) {
    assertThat(brokenWith(piece, replacement.replace(";;", "\n"))).containsExactly(key);
  }

  @Test
  void allIsRefusedAtOnceAndWhatCouldChangeIsNotNamed() {
    assertThat(
            brokenWith(
                "name: fra",
                "name: ber",
                "metrics: 127.0.0.1:9100",
                "metrics: 127.0.0.1:9101",
                "hosts: [shop.example]",
                "hosts: [other.example]"))
        .containsExactly("37 admin.metrics", "2 node.name");
  }

  @Test
  void theWayToPutItInForceIsNamedATakeoverWhereThatCan() {
    assertThat(sentence("name: fra", "name: ber"))
        .endsWith(
            "node.yaml:2: node.name: cannot change while the node runs; restart the node with it,"
                + " or leave it as it was");
    assertThat(sentence("metrics: 127.0.0.1:9100", "metrics: 127.0.0.1:9101"))
        .endsWith(
            "node.yaml:37: admin.metrics: cannot change while the node runs; a takeover or a"
                + " restart puts it in force (docs/upgrade.md), else leave it as it was");
  }

  private String sentence(String piece, String replacement) {
    String wanted = ConfigFolder.GOOD.replace(piece, replacement);
    return RestartRules.broken(
            folder.valid(ConfigFolder.GOOD),
            folder.valid(wanted),
            ConfigDifference.of(ConfigFolder.GOOD, wanted))
        .getFirst()
        .toString();
  }

  @Test
  void theCacheOfAServiceComesAndGoes() {
    String cache = "    cache: {max-object: 64MiB}\n";
    assertThat(brokenWith(cache, "")).isEmpty();
    assertThat(brokenWith("    hosts: [shop.example]\n", "    hosts: [shop.example]\n" + cache))
        .isEmpty();
    String media = ConfigFolder.GOOD.substring(ConfigFolder.GOOD.indexOf("  media:"));
    media = media.substring(0, media.indexOf("admin:"));
    assertThat(brokenWith(media, "")).isEmpty();
    assertThat(brokenWith("admin:", "cache: {memory: 64MiB}\nadmin:"))
        .containsExactly("35 cache.memory");
  }

  @Test
  void serviceHostsOfAServiceComeAndGoButItsIdentityIsWhatTheyAdvertise() {
    String with =
        ConfigFolder.GOOD.replace(
                "    hosts: [shop.example]\n",
                "    hosts: [shop.example]\n    bgp: {hosts: [web7]}\n")
            + HOSTS;
    assertThat(broken(with, with.replace("[web7]", "[web7, web8]"))).isEmpty();
    assertThat(broken(with, with.replace("    bgp: {hosts: [web7]}\n", ""))).isEmpty();
    assertThat(broken(with, with.replace("10.32.1.10", "10.32.1.12")))
        .containsExactly("27 services.shop.identity");
    assertThat(broken(with, with.replace("interval: 500ms", "interval: 600ms"))).isEmpty();
  }

  @Test
  void whatNeighboursWithoutACertificateMayOriginateChangesAndTheyDoNot() {
    String bgp =
        ConfigFolder.GOOD.replace(
            "{nyc: 50}",
            "{nyc: 50}\n  bgp: {nodes: {nyc: 10.32.0.2}, neighbors:"
                + " [{name: rr1, identity: 10.32.0.250, address: 192.0.2.1, relation: reflector}]}");
    String more =
        bgp.replace(
            "services:\n", "services:\n  new: {identity: 10.32.1.13, hosts: [new.example]}\n");
    assertThat(broken(bgp, more)).isEmpty();
    assertThat(broken(bgp, bgp.replace("{nyc: [shop]}", "{nyc: [media]}"))).isEmpty();
    assertThat(broken(bgp, bgp.replace("address: 192.0.2.1, rel", "address: 192.0.2.3, rel")))
        .containsExactly("10 overlay.bgp.neighbors[0].address");
  }

  @Test
  void certificatesThatAreOrderedAreOrderedFromTheStartOn() {
    String acme =
        ConfigFolder.GOOD
            .replace(
                "edge:\n",
                "edge:\n  acme: {directory: \"https://acme.test/dir\", folder: acme,"
                    + " accept-terms: true}\n")
            .replace(
                "{certificate: site.pem, key: site.key}", "{certificates: [{acme: [a.example]}]}");
    assertThat(broken(acme, acme.replace("acme: [a.example]", "acme: [b.example]")))
        .singleElement()
        .asString()
        .contains("edge.listen[0].tls");
  }

  @Test
  void aFileInAnotherFolderNamesOtherFiles() {
    NodeConfig now = folder.valid(ConfigFolder.GOOD);
    Path other = temp.resolve("other");
    assertThat(other.toFile().mkdir()).isTrue();
    NodeConfig elsewhere = new ConfigFolder(other).valid(ConfigFolder.GOOD);
    assertThat(RestartRules.broken(now, elsewhere, List.of()))
        .extracting(ConfigProblem::key)
        .contains("trust.ca", "trust.certificate", "trust.key");
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlay.reflectors} and {@code overlay.advertise}. */
class ReflectorsReaderTest {
  private static final String BLOCK = "  block: 10.32.0.0/23\n";

  @TempDir Path dir;
  private ConfigFolder folder;

  @BeforeEach
  void folder() {
    folder = new ConfigFolder(dir);
  }

  private OverlayConfig overlay(String keys) {
    return folder.valid(ConfigFolder.GOOD.replace(BLOCK, BLOCK + keys)).overlay();
  }

  private List<String> problems(String keys) {
    return folder.problems(BLOCK, BLOCK + keys);
  }

  @Test
  void reflectorsAreReadByNameAndNoneIsTheDefault() {
    assertThat(overlay("  reflectors: [rr1, rr2]\n").reflection().reflectors())
        .containsExactly(new NodeName("rr1"), new NodeName("rr2"));
    assertThat(overlay("").reflection().reflectors()).isEmpty();
  }

  @Test
  void aNodeIsReachedWhereItListensUnlessItSaysOtherwise() {
    assertThat(overlay("").reachedAt())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8443));
    assertThat(overlay("  advertise: 198.51.100.7:9443\n").reachedAt())
        .contains(new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 9443));
    String wildcard = ConfigFolder.GOOD.replace("listen: 127.0.0.1:8443", "listen: 0.0.0.0:8443");
    assertThat(folder.valid(wildcard).overlay().reachedAt()).isEmpty();
  }

  /** What only reflects: no edge, no services, and nothing that another node asks for. */
  private static final String ONLY_REFLECTS =
      """
      node: {name: rr, identity: 10.32.0.250}
      overlay:
        block: 10.32.0.0/23
        listen: 127.0.0.1:8443
        reflector: true
        own-identity: false
        max-paths: 400000
      trust: {domain: cdn.example, ca: ca.pem, certificate: fra.pem, key: fra.key}
      """;

  @Test
  void aNodeWithoutEdgeAndServicesOnlyReflects() {
    NodeConfig config = folder.valid(ONLY_REFLECTS);
    assertThat(config.edge()).isEmpty();
    assertThat(config.services()).isEmpty();
    assertThat(config.overlay().table()).isEqualTo(new OverlayConfig.Table(400_000, false));
    assertThat(folder.valid(ConfigFolder.GOOD).overlay().table())
        .isEqualTo(OverlayConfig.Table.DEFAULT);
  }

  @Test
  void aNodeWithoutEdgeAnnouncesNoPrefix() {
    String ingress =
        "ingress: {prefixes: [198.51.100.0/24], upstreams: [{address: 192.0.2.1, asn: 64500,"
            + " local-asn: 64496}]}\n";
    assertThat(folder.problems(ONLY_REFLECTS + ingress))
        .containsExactly(
            "node.yaml:9: ingress: there is no edge: whom the prefixes attract could not connect;"
                + " add 'edge: {listen: [{address: \"198.51.100.1:80\"}]}', or remove ingress");
  }

  @Test
  void aNodeThatIsAskedForSomethingDoesNotHideItsIdentity() {
    String rule = "node.yaml:6: overlay.own-identity: ";
    assertThat(folder.problems(ONLY_REFLECTS + "edge: {listen: [{address: 127.0.0.1:80}]}\n"))
        .singleElement()
        .asString()
        .startsWith(rule + "requests find this node")
        .endsWith("remove the key, or edge and services");
    assertThat(
            folder.problems(
                ONLY_REFLECTS + "services: {a: {identity: 10.32.1.1, hosts: [a.example]}}\n"))
        .singleElement()
        .asString()
        .startsWith(rule + "requests find this node");
    assertThat(
            folder.problems(
                ONLY_REFLECTS.replace("reflector: true", "candidates: [nyc.example:8443]")))
        .singleElement()
        .asString()
        .startsWith(rule + "the nodes of overlay.candidates");
  }

  @Test
  void aNodeIsNotItsOwnReflectorAndEachIsNamedOnce() {
    assertThat(problems("  reflectors: [rr1, fra]\n"))
        .singleElement()
        .asString()
        .contains("overlay.reflectors[1]: this node cannot reflect to itself");
    assertThat(problems("  reflectors: [rr1, rr1]\n"))
        .singleElement()
        .asString()
        .contains("overlay.reflectors: has a name twice");
    assertThat(problems("  advertise: 0.0.0.0:8443\n"))
        .singleElement()
        .asString()
        .contains("is not a host's address");
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of key does the whole of a node's work, or is refused before anything starts. */
class NodeKeysTest {
  @TempDir Path folder;
  private TestWorld world;

  @BeforeEach
  void start() {
    world = new TestWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static KeyPair key(String kind) {
    try {
      String[] words = kind.split(" ");
      KeyPairGenerator generator = KeyPairGenerator.getInstance(words[0]);
      if (words.length > 1) {
        generator.initialize(Integer.parseInt(words[1]));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("no " + kind + " key", e);
    }
  }

  private Credentials node(String name, int number, String kind, String... services) {
    return world.ca.issue(TestWorld.request(name, number, services), key(kind));
  }

  @Test
  void nodesWithRsaAndP384KeysForwardToEachOther() {
    TestOrigin shop = world.origin("shop", 1);
    TestOrigin api = world.origin("api", 2);
    TestSite fra =
        world
            .site("fra", 1)
            .with(node("fra", 1, "RSA 2048", "shop"))
            .hosts("shop", 10, shop)
            .knows("api", 11);
    TestSite nyc =
        world
            .site("nyc", 2)
            .with(node("nyc", 2, "EC 384", "api"))
            .hosts("api", 11, api)
            .knows("shop", 10)
            .dials(fra.overlay);
    fra.start();
    nyc.start();
    fra.awaitNextHops(11, "10.32.0.2");
    nyc.awaitNextHops(10, "10.32.0.1");
    assertThat(HttpWire.get(fra.http, "api.test", "/").body()).contains("api");
    assertThat(HttpWire.get(nyc.http, "shop.test", "/").body()).contains("shop");
  }

  /** A valid config, with these keys for the node and for its site. */
  private NodeConfig config(Credentials node, Credentials site) throws IOException {
    CertificateAuthority.save(node, folder.resolve("fra.pem"), folder.resolve("fra.key"));
    CertificateAuthority.save(site, folder.resolve("site.pem"), folder.resolve("site.key"));
    Path file =
        Files.writeString(
            folder.resolve("fra.yaml"),
            """
            node: {name: fra, identity: 10.32.0.1}
            overlay: {block: 10.32.0.0/23, listen: "OVERLAY"}
            trust: {domain: landfall.test, ca: ca.pem, certificate: fra.pem, key: fra.key}
            edge:
              listen: [{address: "EDGE", tls: {certificate: site.pem, key: site.key}}]
            admin: {socket: fra.sock}
            """
                .replace("OVERLAY", TestSite.text(world.free(1)))
                .replace("EDGE", TestSite.text(world.free(2))));
    ConfigResult loaded = ConfigLoader.load(file);
    assertThat(loaded).as(loaded.toString()).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) loaded).config();
  }

  @Test
  void aProbesCaFileWithoutACertificateIsFoundByCheck() throws IOException {
    NodeConfig valid = config(node("fra", 1, "EC 256", "shop"), site("EC 256"));
    assertThat(check(valid)).isEmpty();
    Path file = folder.resolve("fra.yaml");
    String text =
        Files.readString(file)
            + """
            services:
              shop:
                identity: 10.32.1.10
                hosts: [shop.test]
                backends: ["http://127.0.0.1:9000"]
                probe: {http: /, tls: true, tls-ca: fra.key}
            """;
    Files.writeString(file, text);
    NodeConfig broken = ((ConfigResult.Valid) ConfigLoader.load(file)).config();
    assertThat(check(broken))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("services.shop.probe.tls-ca");
              assertThat(problem.line()).isEqualTo(text.lines().count());
              assertThat(problem.rule()).contains("fra.key").contains("CERTIFICATE");
            });
  }

  private Credentials site(String kind) {
    return world.ca.issue(
        CertificateRequest.site(
            List.of("shop.test"), System.currentTimeMillis(), TestWorld.DAY_MILLIS),
        key(kind));
  }

  private static List<ConfigProblem> check(NodeConfig config) {
    return NodeCheck.of(config.self().file(), NodeCheck.Purpose.CHECK_HERE).problems();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "EC 521", "RSA 1024"})
  void aNodesKeyThatCannotForwardIsRefusedByCheckAndAtStart(String kind) throws Exception {
    NodeConfig config = config(node("fra", 1, kind), site("EC 256"));
    assertThat(check(config))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("trust.key");
              assertThat(problem.line()).isPositive();
              assertThat(problem.rule())
                  .contains("fra.key")
                  .contains("P-256 or P-384, or RSA of 2048")
                  .contains("landfall ca issue");
            });
    assertThatThrownBy(() -> Node.start(config, () -> {}))
        .isInstanceOf(StartFailed.class)
        .hasMessageContaining("landfall ca issue");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "EC 521", "RSA 1024"})
  void aSitesKeyThatCannotServeIsRefusedByCheckAndAtStart(String kind) throws Exception {
    NodeConfig config = config(node("fra", 1, "EC 256"), site(kind));
    assertThat(check(config))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("edge.listen[0].tls");
              assertThat(problem.line()).isPositive();
              assertThat(problem.rule()).contains("site.key").contains("landfall ca issue-site");
            });
    assertThatThrownBy(() -> Node.start(config, () -> {}))
        .isInstanceOf(StartFailed.class)
        .hasMessageContaining("landfall ca issue-site");
  }

  @Test
  void checkFindsAKeyOfAnotherCertificate() throws Exception {
    Credentials fra = node("fra", 1, "EC 256");
    Credentials other = new Credentials(key("EC 256").getPrivate(), fra.chain());
    assertThat(check(config(other, site("EC 256"))))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("does not belong"));
  }

  @Test
  void checkFindsACertificateOfAnotherNode() throws Exception {
    assertThat(check(config(node("nyc", 2, "EC 256"), site("EC 256"))))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("configured as fra"));
  }

  @Test
  void checkHasNothingAgainstGoodKeys() throws Exception {
    assertThat(check(config(node("fra", 1, "RSA 2048"), site("EC 384")))).isEmpty();
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlay.bgp}: who speaks without a certificate, and what it may say. */
class PlainBgpReaderTest {
  private static final String NEIGHBOR =
      "{name: rr1, identity: 10.32.0.250, address: 192.0.2.1, relation: reflector";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String bgp) {
    return ConfigFolder.GOOD.replace("{nyc: 50}", "{nyc: 50}\n  bgp: " + bgp);
  }

  @Test
  void withoutItThereAreNoNeighborsAndNobodyMaySpeakForOthers() {
    assertThat(folder.valid(ConfigFolder.GOOD).overlay().bgp()).isEqualTo(PlainBgpConfig.NONE);
  }

  @Test
  void aReflectorIsDialledAndNobodyIsEntitledUnlessItIsSaid() {
    PlainBgpConfig bgp =
        folder
            .valid(
                with(
                    "{nodes: {nyc: 10.32.0.2}, neighbors: ["
                        + NEIGHBOR
                        + ", password-file: up1.key, ttl-security: true}]}"))
            .overlay()
            .bgp();

    assertThat(bgp.listen()).isEmpty();
    assertThat(bgp.anyInBlock()).isFalse();
    assertThat(bgp.nodes().get(new NodeName("nyc"))).hasToString("10.32.0.2/32");
    PlainBgpConfig.Neighbor neighbor = bgp.neighbors().getFirst();
    assertThat(neighbor.identity()).hasToString("10.32.0.250");
    assertThat(neighbor.port()).isEqualTo(179);
    assertThat(neighbor.relation()).isEqualTo(PlainBgpConfig.Relation.REFLECTOR);
    assertThat(neighbor.passwordFile()).contains(temp.resolve("up1.key"));
    assertThat(neighbor.ttlSecurity()).isTrue();
    assertThat(neighbor.dial()).isTrue();
  }

  @Test
  void entitlingAnythingMustBeSaidInFull() {
    assertThat(folder.problems(with("{entitle: all, neighbors: [" + NEIGHBOR + "}]}")))
        .singleElement()
        .asString()
        .contains("overlay.bgp.entitle: 'all' is not a rule of entitlement");
    assertThat(
            folder
                .valid(with("{entitle: any-in-block, neighbors: [" + NEIGHBOR + "}]}"))
                .overlay()
                .bgp()
                .anyInBlock())
        .isTrue();
  }

  @Test
  void aPrefixStandsForAllItsNodesAndLiesInTheBlock() {
    PlainBgpConfig bgp =
        folder
            .valid(with("{nodes: {sites: 10.32.0.128/25}, neighbors: [" + NEIGHBOR + "}]}"))
            .overlay()
            .bgp();
    assertThat(bgp.nodes().get(new NodeName("sites"))).hasToString("10.32.0.128/25");
    for (String bad : List.of("10.33.0.0/24", "10.32.0.0/22", "10.32.0.1/24", "10.33.0.1")) {
      assertThat(
              folder.problems(
                  with("{nodes: {sites: " + bad + "}, neighbors: [" + NEIGHBOR + "}]}")))
          .as(bad)
          .singleElement()
          .asString()
          .startsWith("node.yaml:10: overlay.bgp.nodes.sites: ")
          .endsWith("; choose an address or a prefix inside 10.32.0.0/23 (overlay.block)");
    }
  }

  @Test
  void twoNeighborsAtOneAddressAndAnIdentityOutsideTheBlockAreProblems() {
    String other = NEIGHBOR.replace("rr1", "rr2").replace("10.32.0.250", "10.32.0.251");
    assertThat(folder.problems(with("{neighbors: [" + NEIGHBOR + "}, " + other + "}]}")))
        .singleElement()
        .asString()
        .contains("overlay.bgp.neighbors[1].address: is here twice");
    assertThat(
            folder.problems(
                with("{neighbors: [" + NEIGHBOR.replace("10.32.0.250", "10.99.0.1") + "}]}")))
        .singleElement()
        .asString()
        .contains("overlay.bgp.neighbors[0].identity");
  }

  @Test
  void oneOfTheTwoSidesHasToOpenTheSession() {
    for (String listen : List.of("", "listen: \"[::1]:1179\", ")) {
      assertThat(
              folder.problems(
                  "{nyc: 50}",
                  "{nyc: 50}\n  bgp: {" + listen + "neighbors: [" + NEIGHBOR + ", dial: false}]}"))
          .hasSize(1)
          .first()
          .asString()
          .contains("overlay.bgp.neighbors[0].dial: neither side can open the session");
    }
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream may be told to say, and what is refused with a reason. */
class UpstreamReaderTest {
  private static final String UPSTREAM = "local-asn: 64496, password-file: up1.key}";

  @TempDir Path dir;
  private ConfigFolder folder;

  @BeforeEach
  void folder() {
    folder = new ConfigFolder(dir);
  }

  private List<String> problems(String keys) {
    return folder.problems(UPSTREAM, "local-asn: 64496, " + keys + "}");
  }

  private UpstreamConfig upstream(String keys) {
    return folder
        .valid(ConfigFolder.GOOD.replace(UPSTREAM, "local-asn: 64496, " + keys + "}"))
        .ingress()
        .orElseThrow()
        .upstreams()
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"provider", "rs"})
  void aRoleThatWouldPromiseTransitIsRefusedWithTheReason(String role) {
    assertThat(problems("role: " + role))
        .containsExactly(
            "node.yaml:19: ingress.upstreams[0].role: '"
                + role
                + "' would promise transit, and plane one imports nothing that it could pass on"
                + " (RFC 9234); write what this site is to the router: customer, peer or rs-client");
  }

  @ParameterizedTest
  @EnumSource(names = {"CUSTOMER", "PEER", "RS_CLIENT"})
  void theOtherRolesAreTakenAsTheyAre(UpstreamConfig.Role role) {
    assertThat(
            upstream("role: " + role.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                .roles()
                .ours())
        .isEqualTo(Optional.of(role));
  }

  @Test
  void aStrictRoleNeedsARole() {
    assertThat(problems("role-strict: true"))
        .containsExactly(
            "node.yaml:19: ingress.upstreams[0].role-strict: demands a role of the router but names"
                + " none; add 'role: customer'");
  }

  @Test
  void wellKnownCommunitiesHaveTheirIanaValues() {
    assertThat(
            upstream("communities: [no-export, no-advertise, no-export-subconfed, no-peer]")
                .attributes()
                .communities())
        .containsExactly(0xffffff01, 0xffffff02, 0xffffff03, 0xffffff04);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-export-please", "64500", "64500:65536", "-1:2", "64500:1:2", ""})
  void whatIsNoCommunityIsRefused(String text) {
    assertThat(problems("communities: [\"" + text + "\"]"))
        .singleElement()
        .asString()
        .startsWith("node.yaml:19: ingress.upstreams[0].communities[0]: ");
  }

  @Test
  void gracefulShutdownIsTheDrainsWord() {
    assertThat(problems("communities: [\"65535:0\"]"))
        .singleElement()
        .asString()
        .contains("which a drain adds and takes away")
        .contains("landfall drain node");
  }

  @ParameterizedTest
  @ValueSource(strings = {"64500:1", "1:2:3:4", "4294967296:0:0", "a:b:c", "1:-2:3"})
  void whatIsNoLargeCommunityIsRefused(String text) {
    assertThat(problems("large-communities: [\"" + text + "\"]"))
        .containsExactly(
            "node.yaml:19: ingress.upstreams[0].large-communities[0]: '"
                + text
                + "' is not a large community; write three numbers from 0 to 4294967295, such as"
                + " 64500:1:20");
  }

  @Test
  void moreCommunitiesThanAnUpstreamCanMeanAreRefused() {
    assertThat(problems("communities: [" + "\"1:1\", ".repeat(32) + "\"1:1\"]"))
        .singleElement()
        .asString()
        .contains("has 33 entries, more than 32");
  }

  @Test
  void aRouterIsNamedOnceWhateverItsPortsAre() {
    String second = "\n    - {address: 192.0.2.1, port: 1179, asn: 64501, local-asn: 64496}";
    assertThat(folder.problems(UPSTREAM, UPSTREAM + second))
        .hasSize(1)
        .first()
        .asString()
        .contains("ingress.upstreams[1].address: 192.0.2.1 is here twice, first on line 19");
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with where a node listens: with file, line, key, the rule and a fix. */
class ListenerProblemsTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  @Test
  void aPurgeListenerHasATokenThatIsNotGuessed() {
    assertThat(folder.problems("admin:\n", "admin:\n  purge: \"127.0.0.1:9102\"\n"))
        .singleElement()
        .asString()
        .contains("admin.purge: stands alone");
    folder.write("purge.token", "short\n");
    assertThat(
            folder.problems(
                "admin:\n",
                "admin:\n  purge: \"127.0.0.1:9102\"\n  purge-token-file: purge.token\n"))
        .anySatisfy(
            problem ->
                assertThat(problem).contains("admin.purge-token-file", "purge.token is no token"));
  }

  @Test
  void aListenAddressUsedTwiceIsRefused() {
    assertThat(folder.problems("address: 127.0.0.1:8080", "address: 127.0.0.1:8443"))
        .containsExactly(
            "node.yaml:24: edge.listen[1].address: 127.0.0.1:8443 is already taken by"
                + " overlay.listen on line 7; give each listener an address or port of its own");
    assertThat(folder.problems("address: 127.0.0.1:8080", "address: 0.0.0.0:9100"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:37: admin.metrics: 127.0.0.1:9100 is already taken by");
    assertThat(folder.problems("address: 127.0.0.1:8080", "address: \"[::]:9100\""))
        .as("the wildcard of IPv6 takes IPv4 too")
        .hasSize(1)
        .first()
        .asString()
        .startsWith("node.yaml:37: admin.metrics: 127.0.0.1:9100 is already taken by");
  }

  @Test
  void metricsStayOnLoopback() {
    assertThat(folder.problems("metrics: 127.0.0.1:9100", "metrics: 0.0.0.0:9100"))
        .containsExactly(
            "node.yaml:37: admin.metrics: 0.0.0.0:9100 is not a loopback address: this listener"
                + " is for this machine only; write 127.0.0.1:9100 and let a local agent or a"
                + " tunnel carry it on");
  }

  @Test
  void theLookingGlassStaysOnLoopbackAndHasAPortOfItsOwn() {
    assertThat(
            folder.problems(
                "metrics: 127.0.0.1:9100",
                "metrics: 127.0.0.1:9100\n  looking-glass: 0.0.0.0:29184"))
        .singleElement()
        .asString()
        .startsWith("node.yaml:38: admin.looking-glass: 0.0.0.0:29184 is not a loopback address");
    assertThat(
            folder.problems(
                "metrics: 127.0.0.1:9100",
                "metrics: 127.0.0.1:9100\n  looking-glass: 127.0.0.1:9100"))
        .singleElement()
        .asString()
        .startsWith("node.yaml:38: admin.looking-glass: 127.0.0.1:9100 is already taken by");
  }

  @Test
  void theListenerForPlainBgpIsOneOfThoseThatMustNotClash() {
    assertThat(
            folder.problems(
                "{nyc: 50}",
                "{nyc: 50}\n  bgp: {listen: \"0.0.0.0:8080\", neighbors: [{name: rr1,"
                    + " identity: 10.32.0.250, address: 192.0.2.1, relation: reflector}]}"))
        .hasSize(1)
        .first()
        .asString()
        .contains("127.0.0.1:8080 is already taken by overlay.bgp.listen");
  }
}

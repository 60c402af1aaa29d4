package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two live nodes that claim one identity, and peers whose right ends while they are live. */
class TwoNodesOneIdentityTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestOrigin atNyc;
  private CapturedLog log;

  @BeforeEach
  void twoNodes() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    atNyc = world.origin("the right one", 2);
    fra = world.site("fra", 1).knows("shop", 10);
    nyc = world.site("nyc", 2).hosts("shop", 10, atNyc).dials(fra.overlay);
    fra.dials(nyc.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private void startBoth() {
    fra.start();
    nyc.start();
    fra.awaitAdjacency("nyc").awaitNextHops(10, "10.32.0.2");
    nyc.awaitAdjacency("fra");
    awaitServedByNyc();
  }

  private void awaitServedByNyc() {
    Await.until(
        "fra forwards to nyc",
        () -> HttpWire.get(fra.http, "shop.test", "/").body().equals("the right one"),
        () -> fra.show("show/services"));
  }

  private void assertNycIsUndisturbed() {
    assertThat(fra.nextHops(10)).containsExactly("10.32.0.2");
    assertThat(fra.hasAdjacency("nyc")).isTrue();
    assertThat(log.with("adjacency down", "peer=nyc")).isEmpty();
    for (int i = 0; i < 20; i++) {
      assertThat(HttpWire.get(fra.http, "shop.test", "/" + i).body()).isEqualTo("the right one");
    }
  }

  @Test
  void aNewcomerOfAnotherNameIsRefusedAndBothAreNamed() {
    startBoth();
    Credentials impostor = world.credentials("nyc-copy", 2, "shop");
    try (ScriptedPeer newcomer = ScriptedPeer.connect(fra.overlay, impostor)) {
      Await.until("it is turned away", newcomer::isEnded, () -> newcomer.messages);
    }
    assertThat(log.with("newcomer refused", "nyc-copy", "nyc (10.32.0.2)", "live")).isNotEmpty();
    assertThat(fra.show("show/refused")).contains("duplicate-identity", "(not admitted)");
    assertNycIsUndisturbed();
  }

  @Test
  void aNewcomerOfTheSameNameWithAnotherCertificateIsRefused() {
    startBoth();
    Credentials impostor = world.credentials("nyc", 2, "shop");
    try (ScriptedPeer newcomer = ScriptedPeer.connect(fra.overlay, impostor)) {
      Await.until("it is turned away", newcomer::isEnded, () -> newcomer.messages);
    }
    assertThat(log.with("newcomer refused", "peer=nyc", "another certificate")).isNotEmpty();
    assertNycIsUndisturbed();
  }

  @Test
  void aNewcomerWithTheNameOfAnotherNodeStandsAmongTheRefused() {
    startBoth();
    Credentials namesake = world.credentials("nyc", 9, "shop");
    try (ScriptedPeer newcomer = ScriptedPeer.connect(fra.overlay, namesake)) {
      Await.until("it is turned away", newcomer::isEnded, () -> newcomer.messages);
    }
    assertThat(fra.show("show/refused")).contains("duplicate-name", "10.32.0.9");
    assertThat(log.with("newcomer refused, duplicate name", "peer=nyc", "10.32.0.9", "10.32.0.2"))
        .hasSize(1);
    assertThat(fra.rows("peers"))
        .filteredOn(row -> "duplicate".equals(row.get("state")))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("name", "nyc")
                    .containsEntry("identity", "10.32.0.9"));
    assertThat(fra.show("show/peers?peer=10.32.0.2")).contains("\"kind\":\"of-a-name\"");
    assertNycIsUndisturbed();
  }

  @Test
  void aSilentStreamOfAnotherCertificateDoesNotKeepTheNodeOut() {
    fra.start();
    try (ScriptedPeer silent =
            ScriptedPeer.connect(fra.overlay, world.credentials("nyc", 2, "shop"));
        ScriptedPeer node =
            ScriptedPeer.connect(fra.overlay, world.credentials("nyc", 2, "shop"))) {
      node.establish(Octets.ipv4("10.32.0.2"));
      fra.awaitAdjacency("nyc");
      Await.until("the silent one is closed", silent::isEnded, () -> silent.messages);
    }
  }

  @Test
  void aCopyThatIsDialledGetsNoneOfTheRequests() {
    // A node on the operator's list answers with the identity of one that is live: its address
    // must not take the place of the live one's.
    TestOrigin wrong = world.origin("the wrong one", 3);
    TestSite copy =
        new TestSite(world, "nyc", 3) {
          @Override
          String identity() {
            return "10.32.0.2";
          }
        };
    copy.hosts("shop", 10, wrong).with(world.credentials("nyc", 2, "shop"));
    fra.dials(copy.overlay);
    startBoth();
    copy.start();
    Await.until(
        "fra has dialled the copy",
        () -> !log.with("newcomer refused", "peer=nyc", TestSite.text(copy.overlay)).isEmpty(),
        log::lines);
    assertNycIsUndisturbed();
    assertThat(wrong.requests()).isEmpty();
  }

  @Test
  void aCertificateThatRunsOutEndsTheSession() {
    long now = System.currentTimeMillis();
    nyc.with(
        world.ca.issue(
            TestWorld.request("nyc", 2, "shop").withValidity(now - 60_000, now + 12_000)));
    startBoth();
    Await.until("the session ends", () -> !fra.hasAdjacency("nyc"), () -> fra.show("show/peers"));
    assertThat(log.with("adjacency cut", "peer=nyc", "expired")).isNotEmpty();
    fra.awaitNextHops(10);
  }

  @Test
  void aNodeThatStopsSaysSoAndItsRoutesAreGone() {
    startBoth();
    nyc.close();
    fra.awaitNextHops(10);
    Await.until(
        "fra heard why",
        () -> !log.with("adjacency down", "peer=nyc", "code=6/2", "node nyc stops").isEmpty(),
        log::lines);
    assertThat(log.with("ERROR")).isEmpty();
    assertThat(log.with("did not finish")).isEmpty();
    nyc.start();
    fra.awaitNextHops(10, "10.32.0.2");
    awaitServedByNyc();
  }
}

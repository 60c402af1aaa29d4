package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import io.landfall.trust.Fingerprints;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thief has the key of a node, or another certificate of its identity: requests go to the holder
 * of the session, and nowhere else, whichever of the two came first.
 */
class StolenKeyTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private Credentials own;
  private CapturedLog log;

  @BeforeEach
  void twoNodes() {
    world = new TestWorld(folder);
    log = new CapturedLog();
    own = world.credentials("nyc", 2, "shop");
    fra = world.site("fra", 1).knows("shop", 10);
    nyc =
        world
            .site("nyc", 2)
            .hosts("shop", 10, world.origin("the right one", 2))
            .with(own)
            .dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    log.close();
    world.close();
  }

  private Credentials stolen(boolean samePair) {
    return samePair ? own : world.credentials("nyc", 2, "shop");
  }

  private SilentThief thief(boolean samePair) {
    return world.owned(new SilentThief(world.free(3), stolen(samePair)));
  }

  private void assertServedByNyc() {
    fra.awaitAdjacency("nyc").awaitNextHops(10, NYC);
    Await.until(
        "fra has a usable candidate",
        () -> fra.show("show/services").contains("\"usable\":true"),
        () -> fra.show("show/services"));
    for (int i = 0; i < 20; i++) {
      HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/" + i);
      assertThat(answer.status() + " " + answer.body()).isEqualTo("200 the right one");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThiefThatWasThereFirstGetsNoForwardsOnceTheNodeHasTheSession(boolean samePair) {
    SilentThief thief = thief(samePair);
    fra.dials(thief.address()).start();
    Await.until(
        "fra has dialled the thief",
        () -> thief.bgpStreams.get() > 0,
        () -> fra.show("show/peers"));

    nyc.start();

    assertServedByNyc();
    assertThat(thief.requestChannels).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThiefThatComesLaterGetsNoForwardsWhileTheNodeHasTheSession(boolean samePair) {
    InetSocketAddress at = world.free(3);
    fra.dials(at).start();
    nyc.start();
    assertServedByNyc();

    SilentThief thief = world.owned(new SilentThief(at, stolen(samePair)));

    Await.until(
        "fra has dialled the thief",
        () -> thief.bgpStreams.get() > 0,
        () -> fra.show("show/peers"));
    assertServedByNyc();
    assertThat(thief.requestChannels).hasValue(0);
  }

  @Test
  void anotherCertificateOfTheIdentityAtTheSessionsOwnPlaceGetsNoRequests() {
    InetAddress here = InetAddress.getLoopbackAddress();
    SilentThief thief = world.owned(new SilentThief(new InetSocketAddress(here, 0), stolen(false)));
    fra.start();
    try (ScriptedPeer session =
        ScriptedPeer.connect(fra.overlay, own).establish(Octets.ipv4(NYC))) {
      session.send(BgpBytes.identityAt(NYC, here, thief.address().getPort()));
      session.send(
          BgpMessages.update(
              new byte[0], BgpBytes.attributes(NYC), BgpMessages.prefix("10.32.1.10/32")));
      fra.awaitNextHops(10, NYC);
      Await.until(
          "explain names the certificate",
          () -> fra.show("explain?url=http://shop.test/").contains("has another certificate of"),
          () -> fra.show("explain?url=http://shop.test/"));
      assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    }
  }

  /** A whole node with this certificate of nyc's identity, at other addresses. */
  private TestSite copy(Credentials stolen) {
    TestSite copy =
        new TestSite(world, "nyc", 3) {
          @Override
          String identity() {
            return NYC;
          }
        };
    return copy.hosts("shop", 10, world.origin("the wrong one", 3)).with(stolen);
  }

  private static List<Map<String, Object>> duplicates(TestSite site) {
    return site.rows("peers").stream().filter(row -> "duplicate".equals(row.get("state"))).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whereTheCopyWasFirstBothNodesNameTheClashAndTheSessionsOwnAddressIsShown(boolean samePair) {
    Credentials other = stolen(samePair);
    TestSite copy = copy(other).dials(fra.overlay);
    fra.start();
    copy.start();
    fra.awaitAdjacency("nyc");

    nyc.start();

    Await.until("fra names it", () -> !duplicates(fra).isEmpty(), () -> fra.show("show/peers"));
    Map<String, Object> row = duplicates(fra).getFirst();
    String copyAt = copy.overlay.getAddress().getHostAddress() + ":";
    String realAt = nyc.overlay.getAddress().getHostAddress() + ":";
    assertThat(row).containsEntry("identity", NYC);
    assertThat(String.valueOf(row.get("endpoint"))).startsWith(realAt);
    assertThat(String.valueOf(row.get("lastError")))
        .contains(copyAt, realAt, Fingerprints.sha256(own.chain().getFirst()))
        .contains(Fingerprints.sha256(other.chain().getFirst()))
        .contains(own.chain().getFirst().getSerialNumber().toString(16));
    assertThat(String.valueOf(fra.peer("nyc").get("endpoint"))).startsWith(copyAt);
    assertThat(fra.show("show/peers?peer=nyc")).contains("\"duplicates\":[{\"kind\":\"of-a-peer\"");
    assertThat(log.with("duplicate identity", "identity=" + NYC, copyAt, realAt)).isNotEmpty();
    assertThat(HttpWire.get(fra.socket(), "localhost", "/metrics").body())
        .containsPattern("landfall_overlay_duplicates_total [1-9]");

    Await.until("nyc names it too", () -> !duplicates(nyc).isEmpty(), () -> nyc.show("show/peers"));
    assertThat(String.valueOf(duplicates(nyc).getFirst().get("lastError")))
        .contains("fra (10.32.0.1)", "refused this node", copyAt)
        .contains(Fingerprints.sha256(other.chain().getFirst()));
    assertThat(nyc.rows("peers").stream().map(shown -> shown.get("name")))
        .as("each peer has one row at the refused node")
        .doesNotHaveDuplicates();
  }

  @Test
  void anOrdinaryStartWithADialOfEachSideNamesNoDuplicate() {
    fra.dials(nyc.overlay).start();
    nyc.start();
    assertServedByNyc();
    nyc.awaitAdjacency("fra");
    assertThat(duplicates(fra)).isEmpty();
    assertThat(duplicates(nyc)).isEmpty();
    assertThat(HttpWire.get(fra.socket(), "localhost", "/metrics").body())
        .containsPattern("landfall_overlay_duplicates_total 0");
    assertThat(log.with("duplicate identity")).isEmpty();
  }

  @Test
  void anotherCertificateOfOurOwnIdentityIsNamedAndTriedAgainAndOnlyOurOwnIsOurselves() {
    TestSite impostor =
        new TestSite(world, "fra", 4) {
          @Override
          String identity() {
            return "10.32.0.1";
          }
        };
    impostor.with(world.credentials("fra", 1)).start();
    fra.dials(impostor.overlay, fra.overlay).start();

    Await.until("fra names it", () -> !duplicates(fra).isEmpty(), () -> fra.show("show/peers"));
    assertThat(String.valueOf(duplicates(fra).getFirst().get("lastError")))
        .contains("this node's identity", TestSite.text(impostor.overlay), "sha256");
    Await.until(
        "it is tried again",
        () -> String.valueOf(duplicates(fra).getFirst().get("lastError")).matches(".*[2-9] times"),
        () -> fra.show("show/peers"));
    Await.until(
        "its own port is itself",
        () -> !log.with("candidate is this node itself", TestSite.text(fra.overlay)).isEmpty(),
        log::lines);
    assertThat(log.with("candidate is this node itself", TestSite.text(impostor.overlay)))
        .isEmpty();
    Await.until(
        "the other names it too",
        () -> !duplicates(impostor).isEmpty(),
        () -> impostor.show("show/peers"));
  }

  @Test
  void aNodeThatNamesAThousandEndpointsKeepsNoLaterNodeAway() {
    fra.start();
    try (ScriptedPeer sin =
        ScriptedPeer.connect(fra.overlay, world.credentials("sin", 3))
            .establish(Octets.ipv4("10.32.0.3"))) {
      for (int port = 1; port <= 1_100; port++) {
        sin.send(BgpBytes.identityAt("10.32.0.3", world.address(9, 9), port));
      }
      nyc.start();
      assertServedByNyc();
    }
    Await.until(
        "what it named is gone with its session",
        () -> fra.rows("peers").stream().noneMatch(row -> "candidate".equals(row.get("state"))),
        () -> fra.show("show/peers"));
  }

  @Test
  void aPeerWhosePortForRequestsIsNotReachedIsNotUsableAndExplainHasTheReason() {
    fra.start();
    try (ScriptedPeer sin =
        ScriptedPeer.connect(fra.overlay, world.credentials("sin", 3, "shop"))
            .establish(Octets.ipv4("10.32.0.3"))) {
      sin.send(
          BgpMessages.update(
              new byte[0], BgpBytes.attributes("10.32.0.3"), BgpMessages.prefix("10.32.1.10/32")));
      fra.awaitNextHops(10, "10.32.0.3");
      Await.until(
          "explain has the reason",
          () ->
              fra.show("explain?url=http://shop.test/")
                  .contains("its channel for requests is not up: "),
          () -> fra.show("explain?url=http://shop.test/"));
      assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
    }
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer that is who it says, speaks BGP, and says what it may not say. What is wrong is refused
 * and shown with its reason; what is right in the same stream gets in (the canary); a third node's
 * session and table stay as they were.
 */
class WrongRoutesTest {
  private static final String OWN = "10.32.0.9";
  private static final byte[] CANARY = BgpMessages.prefix("10.32.1.11/32");

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private ScriptedPeer rogue;
  private CapturedLog log;
  private List<String> fraTable;
  private List<String> nycTable;
  private long sentToNyc;

  @BeforeEach
  void twoGoodNodesAndOneThatIsEntitledToApi() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).hosts("shop", 10, world.origin("shop", 1)).knows("api", 11);
    // So that it has nothing of its own to send to nyc, and what is sent there can be counted.
    fra.overlay("learn-candidates: false");
    nyc = world.site("nyc", 2).knows("shop", 10).knows("api", 11).dials(fra.overlay);
    fra.start();
    nyc.start();
    nyc.awaitAdjacency("fra").awaitNextHops(10, "10.32.0.1");
    fra.awaitAdjacency("nyc");
    log = new CapturedLog();
    rogue = world.owned(ScriptedPeer.connect(fra.overlay, world.credentials("rogue", 9, "api")));
    rogue.establish(Octets.ipv4(OWN));
    fra.awaitAdjacency("rogue");
    fraTable = fra.table();
    nycTable = nyc.table();
    sentToNyc = (Long) fra.peer("nyc").getOrDefault("routesSent", -1L);
  }

  @AfterEach
  void theThirdNodeNoticedNothing() {
    try {
      assertThat(nyc.table()).isEqualTo(nycTable);
      assertThat(nyc.hasAdjacency("fra")).isTrue();
      assertThat(log.with("adjacency down", "peer=fra")).isEmpty();
      assertThat(log.with("adjacency down", "peer=nyc")).isEmpty();
      assertThat(fra.peer("nyc")).containsEntry("routesSent", sentToNyc);
    } finally {
      log.close();
      world.close();
    }
  }

  /** Sends it, then a legal route, and expects one refusal by this rule and the session up. */
  private void refusedFor(String rule, byte[] update, String what) {
    rogue.send(update, BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    assertThat(fra.refused("rogue", rule)).as(fra.show("show/refused")).isPositive();
    assertThat(fra.rows("refused"))
        .anySatisfy(
            row ->
                assertThat(row)
                    .containsEntry("peer", "rogue")
                    .containsEntry("rule", rule)
                    .hasEntrySatisfying("what", w -> assertThat(w.toString()).contains(what)));
    assertThat(log.with("refused", rule)).isNotEmpty();
    assertThat(fra.hasAdjacency("rogue")).isTrue();
    assertThat(rogue.has(BgpMessages.NOTIFICATION)).isFalse();
    assertOnlyTheCanaryIsNew();
  }

  private void assertOnlyTheCanaryIsNew() {
    assertThat(fra.table().stream().filter(route -> !route.startsWith("10.32.1.11 ")).toList())
        .isEqualTo(fraTable);
  }

  @Test
  void aDefaultRouteIsRefused() {
    refusedFor("default-route", announce("0.0.0.0/0"), "0.0.0.0/0");
  }

  @Test
  void aPrefixShorterThanAHostIsRefused() {
    refusedFor("not-host-length", announce("10.32.0.0/24"), "10.32.0.0/24");
  }

  @Test
  void aHostOutsideTheBlockIsRefused() {
    refusedFor("outside-block", announce("192.0.2.1/32"), "192.0.2.1");
  }

  @Test
  void aForeignNextHopIsRefused() {
    refusedFor(
        "next-hop-not-the-peer",
        BgpBytes.announce("10.32.0.2", BgpMessages.prefix("10.32.1.11/32")),
        "10.32.1.11");
  }

  @Test
  void aNextHopOutsideTheBlockIsRefused() {
    refusedFor("next-hop-outside-block", BgpBytes.announce("192.0.2.9", CANARY), "10.32.1.11");
  }

  @Test
  void theIdentityOfAnotherNodeIsRefused() {
    refusedFor("identity-of-another-node", announce("10.32.0.2/32"), "10.32.0.2");
  }

  @Test
  void theIdentityOfTheNodeItselfIsRefused() {
    refusedFor("own-identity", announce("10.32.0.1/32"), "10.32.0.1");
  }

  @Test
  void aServiceThatItsCertificateDoesNotNameIsRefused() {
    refusedFor("not-entitled", announce("10.32.1.10/32"), "10.32.1.10");
    assertThat(fra.nextHops(10)).containsExactly("10.32.0.1");
  }

  @Test
  void rightAndWrongRoutesInOneMessageAreToldApart() {
    rogue.send(
        BgpBytes.announce(
            OWN,
            BgpMessages.prefix("0.0.0.0/0"),
            BgpMessages.prefix("10.32.1.10/32"),
            CANARY,
            BgpMessages.prefix("10.0.0.0/8"),
            BgpMessages.prefix("10.32.0.9/32")));
    fra.awaitNextHops(11, OWN);
    assertThat(fra.refused("rogue", "default-route")).isEqualTo(1);
    assertThat(fra.refused("rogue", "not-entitled")).isEqualTo(1);
    assertThat(fra.refused("rogue", "not-host-length")).isEqualTo(1);
    assertThat(fra.rows("routes"))
        .anySatisfy(
            row -> assertThat(row).containsEntry("address", OWN).containsEntry("kind", "node"));
  }

  @Test
  void aRouteThatTurnsWrongIsGone() {
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    // RFC 4271 section 3.1: what it says now replaces what it said before.
    rogue.send(BgpBytes.announce("10.32.0.2", CANARY));
    fra.awaitNextHops(11);
    assertThat(fra.hasAdjacency("rogue")).isTrue();
  }

  @Test
  void aFamilyThatWasNotNegotiatedDoesNoHarm() {
    byte[] reach =
        ByteBuffer.allocate(4 + 3 + 1 + 16 + 1 + 17)
            .put(new byte[] {(byte) 0x80, 14, 38})
            .put(new byte[] {0, 2, 1})
            .put((byte) 16)
            .put(new byte[16])
            .put((byte) 0)
            .put((byte) 128)
            .put(new byte[16])
            .flip()
            .array();
    byte[] mp = java.util.Arrays.copyOf(reach, 3 + 38);
    byte[] attributes = Octets.join(BgpBytes.attributes(OWN), mp);
    rogue.send(BgpMessages.update(new byte[0], attributes, new byte[0]));
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    assertThat(fra.hasAdjacency("rogue")).isTrue();
    assertThat(fra.rows("refused"))
        .as(fra.show("show/refused"))
        .anySatisfy(row -> assertThat(row).containsEntry("peer", "rogue"));
    assertOnlyTheCanaryIsNew();
  }

  @Test
  void aMalformedAttributeWithdrawsItsRoutesAndKeepsTheSession() {
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    // RFC 7606 section 7.1: an ORIGIN of two bytes means treat-as-withdraw.
    byte[] attributes =
        Octets.join(
            new byte[] {0x40, 1, 2, 0, 0},
            java.util.Arrays.copyOfRange(BgpBytes.attributes(OWN), 4, 28));
    rogue.send(BgpMessages.update(new byte[0], attributes, CANARY));
    fra.awaitNextHops(11);
    assertThat(fra.hasAdjacency("rogue")).isTrue();
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
  }

  @Test
  void anUpdateThatCannotBeParsedEndsTheSessionAndItsRoutes() {
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    // Attributes longer than the message: where the NLRI begins is unknown (RFC 7606 section 3).
    rogue.send(BgpMessages.message(BgpMessages.UPDATE, new byte[] {0, 0, 0x7f, 0, 1, 2, 3}));
    assertThat(rogue.notification()).startsWith("3/");
    fra.awaitNextHops(11);
    assertThat(fra.hasAdjacency("rogue")).isFalse();
    assertThat(log.with("adjacency down", "peer=rogue")).isNotEmpty();
  }

  @Test
  void sixtyFourKibibytesOfJunkEndTheSessionAndItsRoutes() {
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    byte[] junk = new byte[65_536];
    new SplittableRandom(42).nextBytes(junk);
    try {
      rogue.send(junk);
    } catch (UncheckedIOException cutOff) {
      // It need not read all of it to see that it is junk.
    }
    fra.awaitNextHops(11);
    Await.until("the connection ends", rogue::isEnded, () -> rogue.messages);
    assertThat(log.with("adjacency down", "peer=rogue", "by=us", "code=1/1")).isNotEmpty();
    // It may come back and behave, once the session's idle hold time is over (RFC 4271 section 8).
    Await.until("it may come back", this::mayComeBack, () -> fra.show("show/peers"));
    fra.awaitNextHops(11, OWN);
  }

  @Test
  void tenTimesTheRouteLimitEndsTheSessionOfWhoFloods() {
    int limit = 262_144;
    int perMessage = 800;
    try {
      for (int sent = 0; sent < 10 * limit; sent += perMessage) {
        byte[] nlri = new byte[5 * perMessage];
        ByteBuffer buffer = ByteBuffer.wrap(nlri);
        for (int i = 0; i < perMessage; i++) {
          buffer.put((byte) 32).putInt(0x0b000000 + sent + i);
        }
        rogue.send(BgpMessages.update(new byte[0], BgpBytes.attributes(OWN), nlri));
      }
    } catch (UncheckedIOException cutOff) {
      // As it should be.
    }
    Await.until(
        "the adjacency is down", () -> !fra.hasAdjacency("rogue"), () -> fra.show("show/peers"));
    assertThat(log.with("adjacency down", "peer=rogue", "code=6/1")).isNotEmpty();
    assertThat(fra.refused("rogue", "outside-block")).isBetween(1L, (long) limit + perMessage);
    assertThat(fra.table().stream().filter(route -> !route.contains("10.32.0.9")).toList())
        .isEqualTo(fraTable);
  }

  @Test
  void aHundredConnectionsOfOnePeerDoNotDisturbItsSession() {
    rogue.send(BgpBytes.announce(OWN, CANARY));
    fra.awaitNextHops(11, OWN);
    for (int i = 0; i < 100; i++) {
      try (ScriptedPeer more =
          ScriptedPeer.connect(fra.overlay, world.credentials("rogue", 9, "api"))) {
        Await.until("it is turned away", more::isEnded, () -> more.messages);
      }
    }
    assertThat(fra.nextHops(11)).containsExactly(OWN);
    assertThat(fra.hasAdjacency("rogue")).isTrue();
    assertThat(rogue.has(BgpMessages.NOTIFICATION)).isFalse();
  }

  private boolean mayComeBack() {
    ScriptedPeer again =
        world.owned(ScriptedPeer.connect(fra.overlay, world.credentials("rogue", 9, "api")));
    Await.until("an answer", () -> !again.messages.isEmpty(), () -> "nothing");
    if (!again.has(BgpMessages.OPEN)) {
      return false;
    }
    again.establish(Octets.ipv4(OWN)).send(BgpBytes.announce(OWN, CANARY));
    return true;
  }

  private static byte[] announce(String prefix) {
    return BgpBytes.announce(OWN, BgpMessages.prefix(prefix));
  }
}

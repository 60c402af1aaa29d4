package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.testkit.Await;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.trust.Credentials;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real nodes over TLS that know of each other through reflectors only: {@code overlay.reflector:
 * true} on some, {@code overlay.reflectors} on all, and no other setting that names a node.
 */
class ReflectorsEndToEndTest {
  private static final String NYC = "10.32.0.2";

  @TempDir Path folder;
  private TestWorld world;
  private TestOrigin atNyc;
  private final List<TestSite> reflectors = new ArrayList<>();
  private TestSite fra;
  private TestSite nyc;

  @BeforeEach
  void world() {
    world = new TestWorld(folder);
    atNyc = world.origin("nyc", 2);
    fra = world.site("fra", 1).knows("shop", 10);
    nyc = world.site("nyc", 2).hosts("shop", 10, atNyc);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void reflectors(int count) {
    reflectors(count, site -> site);
  }

  private void reflectors(int count, UnaryOperator<TestSite> kind) {
    for (int i = 1; i <= count; i++) {
      TestSite site = world.site("rr" + i, 10 + i).knows("shop", 10).overlay("reflector: true");
      reflectors.add(kind.apply(site));
    }
    for (TestSite each : reflectors) {
      List<TestSite> others =
          reflectors.stream().filter(other -> other.number != each.number).toList();
      each.overlay("reflectors: " + names(others)).dials(overlays(others));
      each.start();
    }
  }

  private static String names(List<TestSite> sites) {
    return sites.stream().map(site -> site.name).toList().toString();
  }

  private static InetSocketAddress[] overlays(List<TestSite> sites) {
    return sites.stream().map(site -> site.overlay).toArray(InetSocketAddress[]::new);
  }

  private TestSite client(TestSite site) {
    return site.overlay("reflectors: " + names(reflectors)).dials(overlays(reflectors));
  }

  private void clients() {
    client(fra).start();
    client(nyc).start();
    for (TestSite site : List.of(fra, nyc)) {
      reflectors.forEach(reflector -> site.awaitAdjacency(reflector.name));
    }
  }

  /** Waits until the site would forward to exactly so many nodes. */
  private static void awaitUsable(TestSite site, int count) {
    Await.until(
        site.name + " has " + count + " usable candidates",
        () -> site.show("show/services").split("\"usable\":true", -1).length - 1 == count,
        () -> site.show("show/services") + site.show("show/routes") + site.show("show/refused"));
  }

  private static String ask(TestSite site) {
    HttpWire.Answer answer = HttpWire.get(site.http, "shop.test", "/");
    return answer.status() + " " + answer.body().strip();
  }

  @Test
  void clientsOfThreeReflectorsForwardToEachOtherInOneHopAndOutliveTwoReflectors() {
    reflectors(3);
    clients();

    fra.awaitNextHops(10, Collections.nCopies(3, NYC).toArray(String[]::new));
    // Three paths, one node: a request that fails there is not tried there again.
    awaitUsable(fra, 1);
    assertThat(fra.peer("nyc")).as("no session between the clients").isEmpty();
    HttpWire.Answer answer = HttpWire.get(fra.http, "shop.test", "/");
    assertThat(answer.status() + " " + answer.body()).isEqualTo("200 nyc");
    assertThat(answer.field("via").orElse("")).contains("fra").contains("nyc").doesNotContain("rr");
    assertThat(fra.rows("decisions").getFirst()).containsEntry("node", "nyc");

    reflectors.get(0).close();
    fra.awaitNextHops(10, NYC, NYC);
    assertThat(ask(fra)).isEqualTo("200 nyc");
    reflectors.get(1).close();
    fra.awaitNextHops(10, NYC);
    awaitUsable(fra, 1);
    assertThat(ask(fra)).isEqualTo("200 nyc");
    reflectors.get(2).close();
    fra.awaitNextHops(10);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);
  }

  /** What only reflects is a node without edge: it takes no client, and is asked like any node. */
  @Test
  void reflectorsWithoutEdgeLetClientsOfEachFindEachOtherAndTakeNoClientOfTheirOwn() {
    reflectors(2, TestSite::withoutEdge);
    fra.overlay("reflectors: [rr1]").dials(reflectors.get(0).overlay).start();
    nyc.overlay("reflectors: [rr2]").dials(reflectors.get(1).overlay).start();

    awaitUsable(fra, 1);
    assertThat(ask(fra)).isEqualTo("200 nyc");
    TestSite first = reflectors.get(0);
    assertThatThrownBy(() -> HttpWire.get(first.http, "shop.test", "/"))
        .hasRootCauseInstanceOf(ConnectException.class);
    awaitUsable(first, 1);
    assertThat(first.rows("decisions")).isEmpty();
    assertThat(first.peer("fra")).containsEntry("state", "established");
    assertThat(first.show("explain?url=http://shop.test/")).contains("nyc");
    assertThat(HttpWire.get(first.socket(), "localhost", "/metrics").body())
        .contains("landfall_overlay_routes");
  }

  @Test
  void aReflectorForwardsToItsClientsAndHearsOfOthersThroughItsFellow() {
    reflectors(2);
    fra.overlay("reflectors: [rr1]").dials(reflectors.get(0).overlay).start();
    nyc.overlay("reflectors: [rr2]").dials(reflectors.get(1).overlay).start();

    // nyc is a client of rr2 only, fra of rr1 only: two reflectors on the way, and still one hop.
    awaitUsable(fra, 1);
    assertThat(ask(fra)).isEqualTo("200 nyc");
    awaitUsable(reflectors.get(0), 1);
    assertThat(ask(reflectors.get(0))).isEqualTo("200 nyc");
    awaitUsable(reflectors.get(1), 1);
    assertThat(ask(reflectors.get(1))).isEqualTo("200 nyc");
  }

  @Test
  void aNodeThatGoesIsNotUsedAndIsFoundAgainWhenItIsBack() {
    reflectors(1);
    clients();
    awaitUsable(fra, 1);

    nyc.close();
    fra.awaitNextHops(10);
    awaitUsable(fra, 0);
    nyc.start();
    awaitUsable(fra, 1);
    assertThat(ask(fra)).isEqualTo("200 nyc");
  }

  @Test
  void aRevokedNodesReflectedRoutesGoAndItsRequestsStopWhateverTheReflectorSays() {
    reflectors(1);
    fra.revokes();
    clients();
    awaitUsable(fra, 1);

    fra.revokes("node nyc");

    fra.awaitNextHops(10);
    awaitUsable(fra, 0);
    assertThat(reflectors.getFirst().nextHops(10)).containsExactly(NYC);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);

    fra.revokes();
    awaitUsable(fra, 1);
    assertThat(ask(fra)).isEqualTo("200 nyc");
  }

  /** The canary: whom the config does not call a reflector may not speak for others. */
  @Test
  void whoIsNotNamedAsAReflectorSpeaksForItselfOnly() {
    reflectors(1);
    fra.dials(reflectors.getFirst().overlay).start();
    client(nyc).start();
    fra.awaitAdjacency("rr1");

    Await.until(
        "the reflector's word for nyc is refused",
        () -> fra.refused("rr1", "next-hop-not-the-peer") > 0,
        () -> fra.show("show/refused"));
    assertThat(fra.nextHops(10)).isEmpty();
  }

  /** A reflector that lies about where a node is sends requests nowhere. */
  @Test
  void anEndpointAtWhichSomebodyElseAnswersGetsNoRequests() {
    nyc.overlay("reflectors: [rr1]").start();
    fra.overlay("reflectors: [rr1]").start();
    try (CapturedLog log = new CapturedLog();
        ScriptedPeer liarAtNyc =
            ScriptedPeer.connect(nyc.overlay, world.credentials("rr1", 11))
                .establish(Octets.ipv4("10.32.0.11"));
        ScriptedPeer liar =
            ScriptedPeer.connect(fra.overlay, world.credentials("rr1", 11))
                .establish(Octets.ipv4("10.32.0.11"))) {
      // What lives at nyc's address is nyc, and not 10.32.0.3.
      liar.send(
          reflected("10.32.0.3", "10.32.0.3/32", nyc.overlay),
          reflected("10.32.0.3", "10.32.1.10/32", nyc.overlay));

      Await.until(
          "the wrong node is noticed",
          () -> !log.with("node not reached", "10.32.0.3", "nyc").isEmpty(),
          () -> fra.show("show/refused"));
      assertThat(fra.rows("peers"))
          .filteredOn(row -> "unreached".equals(row.get("state")))
          .singleElement()
          .satisfies(row -> assertThat(row).containsEntry("identity", "10.32.0.3"))
          .satisfies(row -> assertThat((String) row.get("lastError")).contains("nyc"));
      assertThat(fra.nextHops(10)).isEmpty();
      assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(503);

      // The control: the same word about nyc itself is believed, since nyc proves it.
      liar.send(
          reflected(NYC, NYC + "/32", nyc.overlay), reflected(NYC, "10.32.1.10/32", nyc.overlay));
      Await.until(
          "nyc is verified; a reflector that knows route refresh would be asked again",
          () -> !log.with("channel up", "peer=nyc").isEmpty(),
          () -> fra.show("show/refused"));
      liar.send(reflected(NYC, "10.32.1.10/32", nyc.overlay));
      awaitUsable(fra, 1);

      // nyc serves fra's requests for the same reason: it learns of fra, and fra proves it.
      liarAtNyc.send(reflected("10.32.0.1", "10.32.0.1/32", fra.overlay));
      Await.until(
          "fra is verified",
          () -> !log.with("channel up", "peer=fra").isEmpty(),
          () -> nyc.show("show/refused"));
      liarAtNyc.send(reflected("10.32.0.1", "10.32.0.1/32", fra.overlay));
      awaitUsable(fra, 1);
      assertThat(ask(fra)).isEqualTo("200 nyc");
    }
  }

  /** Two reflectors have a session each with a node of nyc's identity, at two addresses. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoPlacesThatReflectorsNameTheFirstKeepsTheRequestsAndTheOtherIsNamed(boolean samePair) {
    Credentials own = world.credentials("nyc", 2, "shop");
    nyc.overlay("reflectors: [rr3]").with(own).start();
    TestOrigin wrong = world.origin("the wrong one", 3);
    TestSite copy =
        new TestSite(world, "nyc", 3) {
          @Override
          String identity() {
            return NYC;
          }
        };
    copy.hosts("shop", 10, wrong)
        .overlay("reflectors: [rr3]")
        .with(samePair ? own : world.credentials("nyc", 2, "shop"))
        .start();
    fra.overlay("reflectors: [rr1, rr2]").start();
    try (ScriptedPeer first = reflector(fra, "rr1", 11);
        ScriptedPeer second = reflector(fra, "rr2", 12);
        ScriptedPeer atNyc = reflector(nyc, "rr3", 13);
        ScriptedPeer atCopy = reflector(copy, "rr3", 13)) {
      // Each serves only whom it knows.
      tellOfFra(atNyc, nyc);
      tellOfFra(atCopy, copy);
      tell(first, nyc.overlay);
      tell(second, copy.overlay);
      Await.until(
          "the other is named",
          () -> fra.show("show/peers").contains("\"state\":\"duplicate\""),
          () -> fra.show("show/peers"));
      assertThat(fra.show("show/peers")).contains(TestSite.text(copy.overlay));
      for (int i = 0; i < 10; i++) {
        assertThat(ask(fra)).isEqualTo("200 nyc");
      }
      assertThat(wrong.requests()).isEmpty();

      // Forgotten with the route: what the second advertises is all that there is now.
      first.send(BgpMessages.message(BgpMessages.NOTIFICATION, new byte[] {6, 2}));
      Await.until(
          "the second's place is used",
          () -> ask(fra).equals("200 the wrong one"),
          () -> fra.show("show/services"));
    }
  }

  private void tellOfFra(ScriptedPeer reflector, TestSite site) {
    reflector.send(reflected("10.32.0.1", "10.32.0.1/32", fra.overlay));
    Await.until(
        "fra is verified",
        () -> !site.node().forward.addressOf(TestWorld.identity(1)).isEmpty(),
        () -> site.show("show/peers"));
    reflector.send(reflected("10.32.0.1", "10.32.0.1/32", fra.overlay));
  }

  private ScriptedPeer reflector(TestSite site, String name, int number) {
    return ScriptedPeer.connect(site.overlay, world.credentials(name, number))
        .establish(Octets.ipv4("10.32.0." + number));
  }

  /** Tells of nyc, and again once fra has verified it. */
  private void tell(ScriptedPeer reflector, InetSocketAddress at) {
    reflector.send(reflected(NYC, NYC + "/32", at));
    Await.until(
        "nyc is verified",
        () -> !fra.node().forward.addressOf(TestWorld.identity(2)).isEmpty(),
        () -> fra.show("show/peers"));
    reflector.send(reflected(NYC, NYC + "/32", at), reflected(NYC, "10.32.1.10/32", at));
    awaitUsable(fra, 1);
  }

  /** An UPDATE as a reflector relays it, with the originator's endpoint beside it. */
  private static byte[] reflected(String originator, String prefix, InetSocketAddress endpoint) {
    byte[] attributes =
        Octets.join(
            BgpBytes.attributes(originator),
            new byte[] {(byte) 0x80, 9, 4},
            four(Octets.ipv4(originator)),
            new byte[] {(byte) 0x80, 10, 4},
            four(Octets.ipv4("10.32.0.11")),
            new byte[] {(byte) 0xC0, 32, 12},
            four(BgpMessages.OVERLAY_ASN),
            four(0x0204_0000 | endpoint.getPort()),
            endpoint.getAddress().getAddress());
    return BgpMessages.update(new byte[0], attributes, BgpMessages.prefix(prefix));
  }

  private static byte[] four(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}

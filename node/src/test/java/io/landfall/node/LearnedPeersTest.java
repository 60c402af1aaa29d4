package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes of which each lists only one other: an authenticated peer names the rest. */
class LearnedPeersTest {
  private static final String NYC = "10.32.0.2";
  private static final String SIN = "10.32.0.3";

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestSite sin;
  private TestSite osl;

  @BeforeEach
  void fourNodes() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).knows("shop", 10);
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("from nyc", 2)).dials(fra.overlay);
    sin = world.site("sin", 3).hosts("shop", 10, world.origin("from sin", 3)).dials(fra.overlay);
    osl = world.site("osl", 4).knows("shop", 10).dials(fra.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void startAll() {
    List.of(fra, nyc, sin, osl).forEach(TestSite::start);
  }

  @Test
  void aFourthNodeThatListsOneHasSessionsWithAllAndForwardsToThem() {
    startAll();
    osl.awaitAdjacency("fra", "nyc", "sin").awaitNextHops(10, NYC, SIN);
    nyc.awaitAdjacency("fra", "sin", "osl");
    Await.until(
        "osl can use all routes",
        () -> !osl.show("show/routes").contains("\"usable\":false"),
        () -> osl.show("show/routes"));
    assertThat(HttpWire.get(osl.http, "shop.test", "/").status()).isEqualTo(200);
    List<String> learned = osl.table();
    // A place at which a peer was found has no row of its own.
    Await.until(
        "osl knows nyc and sin by what fra named",
        () -> osl.rows("peers").size() == 3 && learnedFrom("nyc") && learnedFrom("sin"),
        () -> osl.show("show/peers"));
    assertThat(osl.peer("fra")).containsEntry("learnedFrom", "null");
    assertThat(osl.show("explain?url=http://shop.test/")).contains("(learned from fra");

    osl.close();
    TestSite listing =
        world
            .site("osl", 4)
            .knows("shop", 10)
            .dials(fra.overlay, nyc.overlay, sin.overlay)
            .overlay("learn-candidates: false");
    listing.start().awaitAdjacency("fra", "nyc", "sin").awaitNextHops(10, NYC, SIN);
    Await.until("its table is the same", () -> listing.table().equals(learned), listing::table);
  }

  private boolean learnedFrom(String peer) {
    return String.valueOf(osl.peer(peer).get("learnedFrom")).contains("fra");
  }

  @Test
  void withTheFirstOneGoneTheOthersStayAndFindEachOtherAgain() {
    startAll();
    osl.awaitAdjacency("fra", "nyc", "sin");
    fra.close();
    Await.until("osl lost fra", () -> !osl.hasAdjacency("fra"), () -> osl.show("show/peers"));
    osl.awaitAdjacency("nyc", "sin").awaitNextHops(10, NYC, SIN);

    nyc.close();
    osl.awaitNextHops(10, SIN);
    assertThat(osl.hasAdjacency("nyc")).isFalse();
    nyc.start();
    osl.awaitAdjacency("nyc").awaitNextHops(10, NYC, SIN);
  }

  @Test
  void aNodeThatLearnsNothingHasSessionsWithWhatItListsAndIsNamedToOthersAllTheSame() {
    osl.overlay("learn-candidates: false");
    TestSite mum = world.site("mum", 5).knows("shop", 10).dials(fra.overlay);
    mum.overlay("learn-candidates: false");
    startAll();
    mum.start();
    // Those that learn dial it.
    osl.awaitAdjacency("fra", "nyc", "sin");
    mum.awaitAdjacency("fra", "nyc", "sin");
    assertThat(osl.hasAdjacency("mum")).isFalse();
    assertThat(mum.hasAdjacency("osl")).isFalse();
    assertThat(osl.rows("peers")).allMatch(row -> "null".equals(row.get("learnedFrom")));
  }

  @Test
  void aNameWithSeveralAddressesIsDialledAtEach() {
    InetSocketAddress there =
        new InetSocketAddress(sin.overlay.getAddress(), nyc.overlay.getPort());
    TestSite other =
        new TestSite(world, "sin", 3, there, world.free(3))
            .knows("shop", 10)
            .overlay("learn-candidates: false");
    TestSite mum =
        world
            .site("mum", 5)
            .knows("shop", 10)
            .overlay("learn-candidates: false")
            .dialsNamed("mesh.test", there.getPort())
            .dialsNamed("gone.test", 7401)
            .resolvesBy(
                host ->
                    switch (host) {
                      case "mesh.test" ->
                          HostLookup.Answer.of(
                              List.of(nyc.overlay.getAddress(), there.getAddress()));
                      case "gone.test" -> new HostLookup.Answer.NoAnswer("try again");
                      default -> HostLookup.SYSTEM.lookUp(host);
                    });
    nyc.overlay("learn-candidates: false").start();
    other.start();
    mum.start().awaitAdjacency("nyc", "sin");
    Await.until(
        "why one is not reached",
        () -> mum.show("show/peers").contains("the name is not resolved now: try again"),
        () -> mum.show("show/peers"));
  }
}

package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.testkit.Await;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * BFD between real nodes: fra reaches nyc over a path that can be cut, and sin without one. Both
 * host the shop; fra hosts nothing and prefers nyc.
 */
class BfdLivenessTest {
  /** Which packets of the path are lost. */
  enum Cut {
    BOTH_WAYS(true, true),
    TOWARDS_NYC(true, false),
    BACK_FROM_NYC(false, true);

    private final boolean towards;
    private final boolean back;

    Cut(boolean towards, boolean back) {
      this.towards = towards;
      this.back = back;
    }

    boolean isTowards() {
      return towards;
    }

    boolean isBack() {
      return back;
    }
  }

  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;
  private TestSite nyc;
  private TestSite sin;
  private PathRelay path;

  @BeforeEach
  void threeSites() {
    world = new TestWorld(folder);
    fra = world.site("fra", 1).knows("shop", 10);
    nyc = world.site("nyc", 2).hosts("shop", 10, world.origin("nyc", 2));
    sin = world.site("sin", 3).hosts("shop", 10, world.origin("sin", 3));
    path = world.owned(new PathRelay(world.address(9, 1), nyc.overlay));
    fra.dials(path.address(), sin.overlay);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private void start() {
    nyc.start();
    sin.start();
    fra.start();
    fra.awaitAdjacency("nyc", "sin");
  }

  @ParameterizedTest
  @EnumSource
  void aCutMovesRequestsElsewhereWhileTheSessionIsStillUp(Cut cut) {
    start();
    awaitPath(fra, "nyc", "alive");
    awaitPath(nyc, "fra", "alive");
    awaitUsable("nyc", true);
    assertThat(shop()).isEqualTo("nyc");

    path.cutTowards = cut.isTowards();
    path.cutBack = cut.isBack();
    long from = System.nanoTime();
    awaitUsable("nyc", false);
    report(cut + " noticed by the node that forwards", from);
    awaitPath(nyc, "fra", "dead");
    report(cut + " noticed by both", from);
    assertThat(fra.hasAdjacency("nyc")).as("the BGP session is still up").isTrue();
    assertThat(shop()).isEqualTo("sin");
    assertThat(bfd(fra, "nyc")).containsEntry("state", "down");
    assertThat(String.valueOf(bfd(fra, "nyc").get("lastDown"))).isNotBlank();

    path.cutTowards = false;
    path.cutBack = false;
    awaitUsable("nyc", true);
    assertThat(shop()).isEqualTo("nyc");
  }

  @Test
  void aPathOnWhichUdpNeverPassedIsNotTakenForDead() {
    path.cutTowards = true;
    path.cutBack = true;
    start();
    awaitPath(fra, "sin", "alive");
    awaitUsable("nyc", true);
    assertThat(bfd(fra, "nyc")).containsEntry("path", "unproved").containsEntry("state", "down");
    assertThat(shop()).isEqualTo("nyc");
  }

  @Test
  void aNewAdjacencyHasNewDiscriminatorsAndForgetsTheDeadPath() {
    start();
    awaitPath(fra, "nyc", "alive");
    String before = text(bfd(fra, "nyc"), "localDiscriminator");
    path.cutBack = true;
    awaitUsable("nyc", false);
    path.cutBack = false;
    path.reset();
    Await.until(
        "another session",
        () ->
            !bfd(fra, "nyc").isEmpty()
                && !before.equals(text(bfd(fra, "nyc"), "localDiscriminator")),
        () -> fra.show("show/bfd"));
    awaitPath(fra, "nyc", "alive");
    awaitUsable("nyc", true);
    assertThat(bfd(fra, "nyc")).containsEntry("authentication", "meticulous-keyed-sha1");
    assertThat(bfd(nyc, "fra").get("localDiscriminator"))
        .isEqualTo(bfd(fra, "nyc").get("remoteDiscriminator"));
  }

  @Test
  void aStrangersPacketsChangeNothing() throws IOException {
    start();
    awaitPath(fra, "sin", "alive");
    awaitPath(sin, "fra", "alive");
    int ours =
        Integer.parseUnsignedInt(text(bfd(sin, "fra"), "localDiscriminator").substring(2), 16);
    int theirs =
        Integer.parseUnsignedInt(text(bfd(sin, "fra"), "remoteDiscriminator").substring(2), 16);
    // From the peer's own address and with the right numbers, as one who reads along could do.
    try (DatagramSocket stranger =
        new DatagramSocket(new InetSocketAddress(world.address(1, 1), 0))) {
      for (int i = 0; i < 200; i++) {
        byte[] down =
            ByteBuffer.allocate(24 + (i % 2) * 28)
                .put((byte) 0x21)
                .put((byte) (0x40 | (i % 2) * 4))
                .put((byte) 3)
                .put((byte) (24 + (i % 2) * 28))
                .putInt(theirs)
                .putInt(ours)
                .putInt(1_000_000)
                .putInt(200_000)
                .putInt(0)
                .array();
        if (i % 2 == 1) {
          ByteBuffer.wrap(down, 24, 8)
              .put((byte) 5)
              .put((byte) 28)
              .put((byte) 1)
              .put((byte) 0)
              .putInt(1 << 20);
        }
        stranger.send(new DatagramPacket(down, down.length, sin.overlay));
      }
    }
    Await.until(
        "every forged packet is counted",
        () -> text(bfd(sin, "fra"), "discarded").contains("not-authenticated=100"),
        () -> sin.show("show/bfd"));
    assertThat(bfd(sin, "fra")).containsEntry("state", "up").containsEntry("downs", 0L);
    assertThat(text(bfd(sin, "fra"), "discarded"))
        .containsPattern("authentication-(digest|section)=100");
  }

  @Test
  void whatBelongsToNoSessionIsCountedToo() throws IOException {
    start();
    awaitPath(fra, "sin", "alive");
    long before = unmatched("truncated") + unmatched("no-session");
    try (DatagramSocket stranger =
        new DatagramSocket(new InetSocketAddress(world.address(1, 1), 0))) {
      for (int i = 0; i < 30; i++) {
        byte[] short3 = {1, 2, 3};
        stranger.send(new DatagramPacket(short3, short3.length, sin.overlay));
        byte[] unknown =
            ByteBuffer.allocate(24)
                .put((byte) 0x20)
                .put((byte) 0xc0)
                .put((byte) 3)
                .put((byte) 24)
                .putInt(i + 1)
                .putInt(0)
                .array();
        unknown[11] = 0;
        ByteBuffer.wrap(unknown).putInt(8, 0x7fff_0000 + i);
        stranger.send(new DatagramPacket(unknown, unknown.length, sin.overlay));
      }
    }
    Await.until(
        "each is counted by its rule",
        () -> unmatched("truncated") >= 30 && unmatched("no-session") >= 30,
        () -> sin.show("show/bfd"));
    assertThat(before).as("before the stranger came").isLessThan(30);
    assertThat(bfd(sin, "fra")).containsEntry("state", "up");
  }

  private long unmatched(String rule) {
    Object counts = bfd(sin, "(no session)").get("discarded");
    return counts instanceof Map<?, ?> map && map.get(rule) instanceof Number number
        ? number.longValue()
        : 0;
  }

  @Test
  void bfdCanBeSwitchedOff() {
    fra.overlay("bfd: {enabled: false}");
    start();
    awaitPath(sin, "fra", "unproved");
    assertThat(fra.rows("bfd")).isEmpty();
    awaitUsable("nyc", true);
  }

  @Test
  void aNodeThatStopsSaysSoAndIsNotTakenForADeadPath() {
    CapturedLog log = new CapturedLog();
    try (log) {
      start();
      awaitPath(nyc, "fra", "alive");
      fra.close();
      Await.until(
          "nyc has no session with fra",
          () -> bfd(nyc, "fra").isEmpty(),
          () -> nyc.show("show/bfd"));
      assertThat(log.with("bfd peer=fra", "no packet for")).isEmpty();
    }
  }

  private String shop() {
    return HttpWire.get(fra.http, "shop.test", "/").body();
  }

  private static Map<String, Object> bfd(TestSite site, String peer) {
    return site.rows("bfd").stream()
        .filter(row -> peer.equals(row.get("peer")))
        .findFirst()
        .orElse(Map.of());
  }

  private static String text(Map<String, Object> row, String key) {
    return String.valueOf(row.get(key));
  }

  private static void awaitPath(TestSite site, String peer, String path) {
    Await.until(
        site.name + " holds the path to " + peer + " for " + path,
        () -> path.equals(bfd(site, peer).get("path")),
        () -> site.show("show/bfd"));
  }

  private void awaitUsable(String node, boolean usable) {
    Await.until(
        "fra holds " + node + " for " + (usable ? "usable" : "unusable"),
        () ->
            fra.rows("services").stream()
                .flatMap(row -> ParsedJson.rows(row.getOrDefault("sites", List.of())).stream())
                .anyMatch(
                    row ->
                        node.equals(row.get("node"))
                            && Boolean.valueOf(usable).equals(row.get("usable"))),
        () -> fra.show("show/services"));
  }

  @SuppressWarnings("SystemOut") // A figure for people; what is asserted is that it happens.
  private static void report(String what, long fromNanos) {
    System.out.printf("bfd: %s after %d ms%n", what, (System.nanoTime() - fromNanos) / 1_000_000);
  }
}

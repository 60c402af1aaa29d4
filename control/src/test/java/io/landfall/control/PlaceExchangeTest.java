package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.overlay.NamedPlaces;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Revocations;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whole machines in memory, of which all but the first know only that one. */
class PlaceExchangeTest {
  private static final int SEEDS = 100;

  /** The run is long. */
  private static final int LONG_SEEDS = 20;

  /** What a node waits at most before it names what has changed, and a dial. */
  private static final long NAMED_MILLIS = Neighbors.CHECK_INTERVAL_MILLIS + 1_000;

  private static World ofFour(long seed, boolean learns) {
    World world = new World(seed);
    world.learns = learns;
    for (int n = 1; n <= 4; n++) {
      world.nodes.add(new WorldNode(world, n, List.of(World.at(1), World.at(1 + World.MOVED))));
    }
    return world;
  }

  private static void startAll(World world) {
    world.nodes.forEach(node -> world.inMillis(world.seeded.nextInt(2_000), node::start));
    world.run(2_000 + 20_000);
  }

  private static boolean areAdjacent(WorldNode one, WorldNode other) {
    return one.plane().isEstablished(other.identity())
        && other.plane().isEstablished(one.identity());
  }

  private static void assertMesh(World world) {
    for (WorldNode node : world.nodes) {
      for (WorldNode other : world.nodes) {
        if (other != node && node.isRunning() && other.isRunning()) {
          assertThat(areAdjacent(node, other)).as(node.place() + "-" + other.place()).isTrue();
          assertThat(node.forwards).containsKey(other.identity());
        }
      }
      if (node.isRunning()) {
        assertThat(world.streamsOf(node)).hasSize(running(world) - 1);
      }
    }
  }

  private static int running(World world) {
    return (int) world.nodes.stream().filter(WorldNode::isRunning).count();
  }

  @Test
  void nodesThatListOneFindEachOtherAndWithoutLearningTheyDoNot() {
    for (long seed = 0; seed < SEEDS; seed++) {
      World world = ofFour(seed, true);
      startAll(world);
      assertMesh(world);

      World without = ofFour(seed, false);
      startAll(without);
      assertThat(areAdjacent(without.node(1), without.node(4))).isTrue();
      assertThat(areAdjacent(without.node(2), without.node(4))).isFalse();
      assertThat(without.node(4).plane().candidates(0)).hasSize(2);
    }
  }

  @Test
  void theyFindEachOtherAgainAlsoWhileTheOneThatMadeThemKnownIsGone() {
    for (long seed = 0; seed < SEEDS; seed++) {
      World world = ofFour(seed, true);
      startAll(world);
      world.node(1).kill();
      world.run(20_000);
      world.resetStreams(2, 4);
      world.breakPath(3, 4);
      world.run(30_000);
      assertThat(areAdjacent(world.node(2), world.node(4))).isTrue();
      assertThat(areAdjacent(world.node(3), world.node(4))).isFalse();
      world.mendPath(3, 4);
      world.run(40_000);
      assertMesh(world);
    }
  }

  @Test
  void aNodeThatMovesIsFoundAtItsNewPlaceAndTheOldOneIsForgotten() {
    for (long seed = 0; seed < LONG_SEEDS; seed++) {
      World world = ofFour(seed, true);
      startAll(world);
      WorldNode moving = world.node(3);
      int before = moving.address();
      moving.kill();
      world.run(1_000);
      moving.start();
      world.run(30_000 + NAMED_MILLIS);
      assertMesh(world);
      world.run(LearnedCandidates.KEPT_NANOS / 1_000_000 + 60_000);
      assertMesh(world);
      if (moving.address() != before) {
        assertThat(world.node(2).plane().candidates(0))
            .noneMatch(candidate -> candidate.endpoint().equals(World.at(before)));
      }
    }
  }

  @Test
  void aRevokedNodesWordGoesWithItsSession() {
    World world = ofFour(1, true);
    startAll(world);
    WorldNode victim = world.node(2);
    WorldNode thief = world.node(4);
    name(thief, "192.0.2.66");
    world.run(1_000);
    Endpoint bogus = new Endpoint("192.0.2.66", World.PORT);
    assertThat(view(victim, bogus).orElseThrow().namedBy()).contains(List.of(thief.identity()));

    victim.step(
        new ControlEvent.Revoke(
            new Revocations(
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(List.of(thief.certificate().name())))));
    world.run(10);
    assertThat(view(victim, bogus).orElseThrow().namedBy()).contains(List.<HostAddress>of());
    assertThat(view(victim, bogus).orElseThrow().nextAttemptInMillis()).isEmpty();
    world.run(LearnedCandidates.KEPT_NANOS / 1_000_000 + 10_000);
    assertThat(view(victim, bogus)).isEmpty();
  }

  @Test
  void whateverAPeerNamesOnlyPlacesOfTheInternetAreDialledAndNoneOfThemOften() {
    World world = ofFour(2, true);
    startAll(world);
    WorldNode victim = world.node(2);
    WorldNode thief = world.node(4);
    List<Endpoint> dialled = new ArrayList<>();
    for (int minute = 0; minute < 10; minute++) {
      name(
          thief,
          "127.0.0.1",
          "10.0.0.1",
          "10.32.0.1",
          "169.254.169.254",
          "fd00::1",
          "fe80::1",
          "192.0.2.66");
      world.run(30_000);
      name(thief);
      world.run(30_000);
    }
    victim.plane().candidates(0).forEach(each -> dialled.add(each.endpoint()));
    Endpoint bogus = new Endpoint("192.0.2.66", World.PORT);
    assertThat(dialled)
        .contains(bogus)
        .allMatch(
            each -> each.host().startsWith("203.0.113.") || each.equals(bogus), "a good place");
    assertThat(view(victim, bogus).orElseThrow().failures()).isBetween(5, 15);
  }

  @Test
  void aPlaceThatIsNamedMakesNoRouteAndTheTablesOfTheRestAreTheSame() {
    World world = ofFour(3, true);
    startAll(world);
    WorldNode victim = world.node(2);
    List<String> before = table(victim);
    name(world.node(4), "192.0.2.66", "192.0.2.67");
    world.run(60_000);
    assertThat(table(victim)).isEqualTo(before);
    assertThat(victim.forwards).hasSize(3);
  }

  @Test
  void aNodeThatIsNotOfTheMeshIsNamedToNone() {
    for (long seed = 0; seed < LONG_SEEDS; seed++) {
      World world = ofFour(seed, true);
      WorldNode first = world.node(1);
      WorldNode other = world.node(4);
      world.relation =
          (of, to) ->
              of.equals(first.identity()) && to.equals(other.certificate().name())
                  ? PeerInfo.Relation.REFLECTOR
                  : PeerInfo.Relation.MESH;
      // It would dial those that the first one names.
      world.learns = false;
      other.start();
      world.learns = true;
      world.nodes.subList(0, 3).forEach(WorldNode::start);
      world.run(20_000);
      assertThat(areAdjacent(first, other)).isTrue();
      assertThat(first.forwards).containsKey(other.identity());
      assertThat(areAdjacent(world.node(2), world.node(3))).isTrue();
      assertThat(areAdjacent(world.node(2), other)).isFalse();
      assertThat(view(world.node(2), World.at(other.address()))).isEmpty();
    }
  }

  @Test
  void ofMoreThanMayBeNamedThoseComeFirstWhoseIdentitiesFollow() {
    World world = new World(4);
    for (int n = 1; n <= 40; n++) {
      world.nodes.add(new WorldNode(world, n, List.of(World.at(20), World.at(20 + World.MOVED))));
    }
    WorldNode hub = world.node(20);
    WorldNode reader = world.node(1);
    for (WorldNode node : world.nodes) {
      world.learns = node == hub || node == reader;
      node.start();
    }
    world.run(60_000);
    assertThat(hub.forwards).hasSize(39);

    List<Integer> named = new ArrayList<>();
    for (WorldNode node : world.nodes) {
      view(reader, World.at(node.address()))
          .filter(candidate -> candidate.namedBy().equals(Optional.of(List.of(hub.identity()))))
          .ifPresent(candidate -> named.add(node.place()));
    }
    // 20 follow the hub; of the 19 before it, of which the reader is one, 12 have room.
    assertThat(named)
        .hasSize(NamedPlaces.MOST - 1)
        .contains(21, 40, 2, 12)
        .doesNotContainAnyElementsOf(List.of(13, 19));
  }

  private static List<String> table(WorldNode node) {
    return node.plane().overlay().routes().stream()
        .map(
            route ->
                route.host()
                    + " "
                    + route.paths().stream()
                        .map(path -> path.nextHop() + " " + path.signal() + " " + path.tier())
                        .toList())
        .toList();
  }

  /** What a node with a stolen key could name. Its own plane names others at its next look. */
  private static void name(WorldNode node, String... addresses) {
    List<NodeEndpoint> places = new ArrayList<>();
    for (String address : addresses) {
      places.add(new NodeEndpoint(InetAddress.ofLiteral(address), World.PORT));
    }
    node.step(new ControlEvent.OfThisNode(new OverlayEvent.NamePlaces(places)));
  }

  private static Optional<CandidateView> view(WorldNode node, Endpoint place) {
    return node.plane().candidates(0).stream()
        .filter(candidate -> candidate.endpoint().equals(place))
        .findFirst();
  }
}

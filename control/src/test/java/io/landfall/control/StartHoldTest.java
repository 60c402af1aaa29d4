package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a node that has just started knows enough to decline a request. */
class StartHoldTest {
  private static final int SEEDS = 400;

  /** A start that ends sooner was not ended by its time limit. */
  private static final long LESS_THAN_THE_LIMIT_MILLIS = 4_900;

  /** Three nodes that were started where the others look for them. */
  private static List<World> worlds() {
    return worlds(world -> {});
  }

  private static List<World> worlds(Consumer<World> beforeTheStart) {
    return IntStream.range(0, SEEDS)
        .mapToObj(seed -> World.ofThree(seed, List.of(World.at(1), World.at(2), World.at(3))))
        .peek(beforeTheStart)
        .filter(StartHoldTest::startedInTheirPlaces)
        .toList();
  }

  private static boolean startedInTheirPlaces(World world) {
    world.nodes.forEach(WorldNode::start);
    world.node(2).backendIs(true);
    return world.nodes.stream().allMatch(node -> node.address() == node.place());
  }

  @Test
  void aCandidateThatIsThisNodeItselfIsNotWaitedFor() {
    World world = worlds().getFirst();
    world.run(LESS_THAN_THE_LIMIT_MILLIS);
    assertThat(world.nodes).allSatisfy(node -> assertThat(node.started).isOne());
  }

  @Test
  void aStartIsNotOverBeforeWhatWasLearntIsPublished() {
    for (World world : worlds()) {
      world.run(LESS_THAN_THE_LIMIT_MILLIS);
      WorldNode fra = world.node(1);
      assertThat(fra.started).isOne();
      assertThat(fra.shopAt()).containsExactly(world.node(2).identity());
      assertThat(fra.publishedAtStart).isEqualTo(fra.shopAt());
    }
  }

  @Test
  void aStartWaitsForTheChannelOfASiteThatAdvertisesThoughAnotherPeerIsComplete() {
    int seen = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      World world = World.ofThree(seed, List.of(World.at(1)));
      WorldNode nyc = world.node(2);
      nyc.slowTo = world.node(1);
      nyc.slowNanos = TimeUnit.SECONDS.toNanos(2);
      world.node(1).backendIs(true);
      world.nodes.forEach(WorldNode::start);
      if (world.nodes.stream().allMatch(node -> node.address() == node.place())) {
        world.run(LESS_THAN_THE_LIMIT_MILLIS);
        assertThat(nyc.started).isOne();
        assertThat(nyc.publishedAtStart).containsExactly(world.node(1).identity());
        seen++;
      }
    }
    assertThat(seen).isPositive();
  }

  @Test
  void aStartWaitsForItsOwnServicesAndForTheWholeTableOfEveryPeer() {
    World world = worlds(each -> each.node(2).probesRun = false).getFirst();
    world.run(LESS_THAN_THE_LIMIT_MILLIS);
    for (WorldNode node : world.nodes) {
      assertThat(node.forwards).hasSize(2);
      assertThat(node.started).as("its services, or its peer's, are not evaluated").isZero();
    }
    world.run(200);
    assertThat(world.nodes).allSatisfy(node -> assertThat(node.started).isOne());
  }
}

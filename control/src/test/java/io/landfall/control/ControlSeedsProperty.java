package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.signal.SignalEvent;
import io.landfall.trust.Revocations;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Three whole machines of plane two in virtual time: they mesh, lose streams, paths and each other,
 * change and revoke, and in the end one drains and all stop.
 */
class ControlSeedsProperty {
  private static final int SEEDS = Integer.getInteger("landfall.seeds", 600);
  private static final int REPEATED_SEEDS = 50;
  private static final int DISTURBANCES = 8;
  private static final SignalEvent.LeaseRequest LEASE =
      new SignalEvent.LeaseRequest(3_000_000_000L, Optional.empty());

  /** Longer than any wait of a node that was known before, and a hold time. */
  private static final long SETTLE_MILLIS = 40_000;

  @Test
  void whateverHappensTheTablesComeToAgreeAndNodesLeaveInOrder() {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        disturbed(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("fails for seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (long seed = 0; seed < REPEATED_SEEDS; seed++) {
      long first = disturbed(seed).trace();
      assertThat(disturbed(seed).trace()).as("seed %d", seed).isEqualTo(first);
      assertThat(disturbed(seed + SEEDS).trace()).as("seed %d", seed).isNotEqualTo(first);
    }
  }

  @Test
  void aTimeOfDayThatJumpsChangesNothingThatIsDoneNorWhen() {
    for (long seed = 0; seed < REPEATED_SEEDS; seed++) {
      World wild = World.ofThree(seed);
      wild.isTimeOfDayWild = true;
      assertThat(disturbed(wild).trace()).as("seed %d", seed).isEqualTo(disturbed(seed).trace());
    }
  }

  private static World disturbed(long seed) {
    return disturbed(World.ofThree(seed));
  }

  private static World disturbed(World world) {
    world.nodes.forEach(node -> world.inMillis(world.seeded.nextInt(2_000), node::start));
    world.run(2_000);
    for (int i = 0; i < DISTURBANCES; i++) {
      disturb(world);
      world.run(world.seeded.nextInt(world.seeded.nextBoolean() ? 500 : 12_000));
    }
    heal(world);
    world.run(SETTLE_MILLIS);
    tablesAgree(world);
    oneDrains(world, world.node(1 + world.seeded.nextInt(3)));
    allStop(world);
    return world;
  }

  private static void disturb(World world) {
    int one = 1 + world.seeded.nextInt(3);
    int other = 1 + (one + world.seeded.nextInt(2)) % 3;
    WorldNode node = world.node(one);
    switch (world.seeded.nextInt(10)) {
      case 0, 1 -> world.resetStreams(one, other);
      case 2 -> world.breakPath(one, other);
      case 3 -> world.mendPath(one, other);
      case 4 -> node.kill();
      case 5 -> {
        if (!node.isRunning()) {
          node.start();
        }
      }
      case 6 -> node.backendIs(world.seeded.nextBoolean());
      case 7 -> node.command(new SignalEvent.Withdraw(World.SHOP));
      case 8 -> node.command(new SignalEvent.Announce(World.SHOP, Optional.of(LEASE)));
      default -> node.step(new ControlEvent.Revoke(revoked(world.node(other))));
    }
  }

  private static Revocations revoked(WorldNode whom) {
    return new Revocations(
        new TreeSet<>(), new TreeSet<>(), new TreeSet<>(List.of(whom.certificate().name())));
  }

  private static void heal(World world) {
    world.mendAllPaths();
    for (WorldNode node : world.nodes) {
      if (!node.isRunning()) {
        node.start();
      }
      node.step(new ControlEvent.Revoke(Revocations.NONE));
      node.backendIs(true);
      node.command(new SignalEvent.Announce(World.SHOP, Optional.empty()));
    }
  }

  private static void tablesAgree(World world) {
    TreeSet<Object> all = new TreeSet<>();
    world.nodes.forEach(node -> all.add(node.identity()));
    for (WorldNode node : world.nodes) {
      assertThat(node.started).as("%d holds no request any more", node.place()).isEqualTo(1);
      assertThat(node.shopAt()).as("the table of %d", node.place()).hasSize(3);
      TreeSet<Object> others = new TreeSet<>(all);
      others.remove(node.identity());
      assertThat(node.forwards.keySet()).as("forwards of %d", node.place()).hasSize(2);
      assertThat(node.forwards.keySet().containsAll(others)).isTrue();
      assertThat(node.publishedShopAt().containsAll(others)).isTrue();
      for (WorldNode other : world.nodes) {
        if (other != node) {
          Neighbor neighbor = node.plane().neighbors().obtain(other.identity());
          assertThat(neighbor.state()).isInstanceOf(Neighbor.State.Established.class);
          assertThat(neighbor.holders()).hasSize(1);
        }
      }
      assertThat(world.streamsOf(node)).as("streams of %d", node.place()).hasSize(2);
    }
  }

  /** What a node that drains offered is gone at the others before it goes on. */
  private static void oneDrains(World world, WorldNode leaving) {
    leaving.step(new ControlEvent.Drain());
    for (int i = 0; leaving.drained().isEmpty() && i < 200; i++) {
      world.run(10);
    }
    world.run(10);
    assertThat(leaving.drained())
        .hasValueSatisfying(
            done -> {
              assertThat(done.answered()).isEqualTo(2);
              assertThat(done.skipped()).isZero();
            });
    for (WorldNode node : world.nodes) {
      assertThat(node.publishedShopAt().contains(leaving.identity())).isFalse();
      assertThat(node.shopAt().contains(leaving.identity()))
          .as("table of %d", node.place())
          .isFalse();
    }
    assertThat(leaving.plane().isEstablished(world.node(1 + leaving.place() % 3).identity()))
        .isTrue();
  }

  private static void allStop(World world) {
    for (WorldNode node : world.nodes) {
      node.step(new ControlEvent.Stop("the test is over"));
      world.run(1_000);
      assertThat(node.stopped).as("%d has stopped", node.place()).isTrue();
      assertThat(world.streamsOf(node)).isEmpty();
      assertThat(node.forwards).isEmpty();
      for (WorldNode other : world.nodes) {
        if (other != node) {
          assertThat(other.plane().isEstablished(node.identity())).isFalse();
          assertThat(other.shopAt().contains(node.identity())).isFalse();
        }
      }
    }
  }
}

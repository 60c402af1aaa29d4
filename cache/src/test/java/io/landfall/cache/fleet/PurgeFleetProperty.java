package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Four nodes whose links break, whose messages are lost, late and repeated, and which die and come
 * back: in the end each has applied every purge that any has, or has dropped all since, and no
 * cache has an object that is older than such a purge.
 */
class PurgeFleetProperty {
  private static final int SEEDS = Integer.getInteger("landfall.seeds", 500);
  private static final int NODES = 4;
  private static final int OBJECTS = 12;
  private static final int ROUNDS = 6;
  private static final int DISTURBANCES = 25;
  private static final int SETTLE_MILLIS = 30_000;

  @Test
  void whateverHappensNoNodeEndsWithWhatWasPurged() {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        disturbed(seed);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("fails for seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static void disturbed(long seed) {
    PurgeWorld world = new PurgeWorld(seed, NODES, OBJECTS);
    world.mostEntries = world.seeded.nextBoolean() ? 8 : 10_000;
    world.lossPercent = world.seeded.nextInt(20);
    world.nodes.forEach(node -> world.inMillis(500, () -> node.start(PurgeWorldNode.Start.EMPTY)));
    world.run(1_000);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < DISTURBANCES; i++) {
        disturb(world);
        world.run(world.seeded.nextInt(world.seeded.nextInt(4) == 0 ? 4_000 : 60));
      }
      heal(world);
      agree(world);
    }
  }

  private static void heal(PurgeWorld world) {
    int loss = world.lossPercent;
    for (PurgeWorldNode node : world.nodes) {
      if (!node.alive) {
        node.start(world.how());
      }
    }
    world.lossPercent = 0;
    world.mendAll();
    world.run(SETTLE_MILLIS);
    world.lossPercent = loss;
  }

  /** An object that all have changes, is purged at one, and is asked for everywhere at once. */
  private static void changeAndFetch(PurgeWorld world, PurgeWorldNode at, int object) {
    for (PurgeWorldNode each : world.nodes) {
      if (each.alive) {
        each.read(object);
      }
    }
    world.change(object, at, false);
    for (PurgeWorldNode each : world.nodes) {
      world.inMillis(
          60,
          () -> {
            if (each.alive) {
              each.fetch(object);
            }
          });
    }
  }

  private static void disturb(PurgeWorld world) {
    PurgeWorldNode node = world.nodes.get(world.seeded.nextInt(NODES));
    PurgeWorldNode other = world.nodes.get(world.seeded.nextInt(NODES));
    int object = world.seeded.nextInt(OBJECTS);
    int what = world.seeded.nextInt(20);
    if (what < 2 && node != other) {
      world.cut(node, other);
    } else if (what < 4 && node != other) {
      world.mend(node, other);
    } else if (what == 4 && node.alive) {
      node.kill();
    } else if (what == 5 && !node.alive) {
      node.start(world.how());
    } else if (what < 11 && node.alive) {
      changeAndFetch(world, node, object);
    } else if (what < 17 && node.alive) {
      node.fetch(object);
    } else if (node.alive) {
      node.read(object);
    }
  }

  private static void agree(PurgeWorld world) {
    TreeSet<String> known = new TreeSet<>();
    world.nodes.forEach(node -> known.addAll(node.logged));
    for (PurgeWorldNode node : world.nodes) {
      assertThat(node.holding)
          .as("%s holds: %s", node.name, node.fleet().view(world.nowNanos))
          .isFalse();
      assertThat(node.isConfirmed()).as("%s takes what others have", node.name).isTrue();
      assertThat(node.applied).as("%s has applied", node.name).containsAll(known);
      for (int object = 0; object < OBJECTS; object++) {
        assertThat(node.held(object))
            .as("object %d at %s", object, node.name)
            .isGreaterThanOrEqualTo(lastKnown(known, object));
      }
      node.fleet()
          .view(world.nowNanos)
          .nodes()
          .forEach(each -> assertThat(each.caughtUp()).isTrue());
    }
    List<Long> logs =
        world.nodes.stream().map(node -> node.fleet().view(world.nowNanos).last()).toList();
    world.nodes.forEach(
        node ->
            node.fleet()
                .view(world.nowNanos)
                .nodes()
                .forEach(
                    each ->
                        assertThat(each.applied())
                            .as("what %s has of %s", each.name(), node.name)
                            .isEqualTo(logs.get(world.nodes.indexOf(node)))));
  }

  private static long lastKnown(Set<String> known, int object) {
    return known.stream()
        .filter(each -> each.startsWith(object + ":"))
        .mapToLong(each -> Long.parseLong(each.substring(each.indexOf(':') + 1)))
        .max()
        .orElse(0);
  }
}

package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order that a host with many paths keeps is the one that sorting would make, at any time. */
class HostOrderProperty {
  private static final HostAddress SHOP = OverlayNet.host("10.32.1.10");
  private static final int STEPS = 3_000;
  private static final int NODES = 5;

  private final UsableNextHops nextHops = new UsableNextHops(500);
  private final Host host = new Host(SHOP);
  private final List<Path> linked = new ArrayList<>();
  private int lastId;

  private static Source source(int node) {
    return Source.session(
        new PeerInfo(
            new NodeName("n" + node), OverlayNet.BLOCK.host(node), new TreeSet<>(), Relation.RELAY),
        1_000);
  }

  private static AttributeSet attributes(Random random) {
    int node = 1 + random.nextInt(NODES);
    return new AttributeSet(
        source(node),
        FedOverlay.attributes(random.nextInt(4)),
        OverlayNet.BLOCK.host(node),
        node,
        OverlayNet.ASN,
        NodeCosts.equal());
  }

  private void change(Random random, boolean grow) {
    int choice = random.nextInt(100);
    if (choice < (grow ? 60 : 25) || linked.isEmpty()) {
      Path path =
          new Path(host, source(1 + random.nextInt(NODES)), ++lastId, lastId, attributes(random));
      path.live = true;
      host.link(path);
      linked.add(path);
    } else if (choice < 70) {
      host.unlink(linked.remove(random.nextInt(linked.size())));
    } else if (choice < 96) {
      host.change(linked.get(random.nextInt(linked.size())), attributes(random));
    } else if (choice < 98) {
      nextHops.setEstablished(1 + random.nextInt(NODES), random.nextBoolean());
    } else {
      nextHops.set(
          1 + random.nextInt(NODES),
          random.nextBoolean() ? Reachability.UNKNOWN : Reachability.DOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void theKeptOrderIsWhatSortingMakes(long seed) {
    Random random = new Random(seed);
    int most = 0;
    for (int step = 0; step < STEPS; step++) {
      change(random, step / 500 % 2 == 0);
      most = Math.max(most, linked.size());
      if (random.nextInt(3) == 0) {
        List<Path> sorted = new ArrayList<>(linked);
        sorted.sort((a, b) -> BestPath.compare(a, b, nextHops));
        assertThat(host.inOrder(nextHops)).containsExactlyElementsOf(sorted);
        Path best = BestPath.best(host, nextHops, path -> path.pathId % 3 == 0);
        assertThat(best)
            .isEqualTo(sorted.stream().filter(p -> p.pathId % 3 == 0).findFirst().orElse(null));
      }
    }
    assertThat(most).as("the canary: an order was kept").isGreaterThan(2 * Host.KEPT_ORDER);
  }
}

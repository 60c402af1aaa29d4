package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** How much leaves in one step, over all peers. */
class AdvertisementSchedulerTest {
  private static final int ROUTES_PER_STEP = 100;
  private static final int PATHS = 1_000;
  private static final int READERS = 4;

  private final FedWorld world =
      new FedWorld(
          Backlog.SLICE_PATHS,
          new OverlayLimits(9, 18, 65_536, 262_144, 4_096, 64, 1_048_576, ROUTES_PER_STEP, 2_000));
  private final FedPeer relay = world.connect(world.add(1, Relation.RELAY, true));
  private int toldBefore;

  private static int routesTold(FedWorld world) {
    return world.peers.stream()
        .flatMap(peer -> peer.updates.stream())
        .mapToInt(update -> update.announced().size() + update.withdrawn().size())
        .sum();
  }

  @Test
  void manyPeersTogetherAreToldNoMoreInAStepThanOneAlone() {
    List<FedPeer> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      readers.add(world.connect(world.add(2 + i, Relation.CLIENT, true)));
    }
    world.settle();
    toldBefore = routesTold(world);
    world.afterStep =
        () -> {
          int told = routesTold(world);
          assertThat(told - toldBefore).isLessThanOrEqualTo(ROUTES_PER_STEP);
          toldBefore = told;
        };
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (int id = 1; id <= PATHS; id++) {
      routes.add(new Nlri<>(FedWorld.service(id % 10), id));
    }
    relay.announce(FedWorld.attributes(relay.info.identity(), 0, OptionalInt.empty()), routes);
    world.settle();
    assertThat(readers).allSatisfy(reader -> assertThat(reader.told).hasSize(1 + PATHS));

    relay.lose();
    world.settle();

    assertThat(readers).allSatisfy(reader -> assertThat(reader.told).hasSize(1));
  }
}

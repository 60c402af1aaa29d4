package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A client without add-path has one path of a service, which a next hop that goes away changes. */
class BestPathOutTest {
  private final FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
  private final FedPeer first = world.connect(world.add(1, Relation.CLIENT, false));
  private final FedPeer second = world.connect(world.add(2, Relation.CLIENT, false));
  private final FedPeer reader = world.connect(world.add(3, Relation.CLIENT, false));

  private void announce(FedPeer from, int tier) {
    from.announce(
        FedWorld.attributes(from.info.identity(), tier, OptionalInt.empty()),
        List.of(new Nlri<>(FedWorld.service(0), 0)));
  }

  private List<String> nextHops() {
    world.settle();
    return reader.told.values().stream()
        .filter(route -> route.med().isPresent())
        .map(PathAttributes::nextHop)
        .map(hop -> hop.orElseThrow().getHostAddress())
        .toList();
  }

  @Test
  void theBestPathWithAUsableNextHopIsSentWheneverThatIsAnother() {
    announce(first, 1);
    announce(second, 2);
    assertThat(nextHops()).containsExactly(first.info.identity().toString());
    world.step(new OverlayEvent.NextHop(first.info.identity(), Reachability.DOWN));
    assertThat(nextHops()).containsExactly(second.info.identity().toString());
    world.step(new OverlayEvent.NextHop(first.info.identity(), Reachability.UNKNOWN));
    assertThat(nextHops()).containsExactly(first.info.identity().toString());
  }
}

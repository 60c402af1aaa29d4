package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The room that attributes take of what a peer may have: who gives it back, and when. */
class AttributeRoomTest {
  private static final int MOST_ITEMS = 128;

  /** Paths with the same attributes: the first of them that leaves makes no room. */
  private static final int PATHS_EACH = 3;

  private static final String OVER = "too-many-attribute-bytes";

  private static PathAttributes large(HostAddress nextHop, int med) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(nextHop.inetAddress()),
        OptionalLong.of(med),
        OptionalLong.of(100),
        PathAttributes.Reflection.NONE,
        new PathAttributes.Communities(
            List.of(),
            IntStream.range(0, MOST_ITEMS)
                .mapToObj(i -> new LargeCommunity(65_551, med, i))
                .toList()),
        OptionalLong.empty());
  }

  @Test
  void attributesOfRoutesThatAreAllRefusedTakeNoRoom() {
    FedOverlay one = new FedOverlay(Relation.MESH).connect();
    HostAddress notEntitled = OverlayNet.BLOCK.host(FedOverlay.FIRST_SERVICE + FedOverlay.SERVICES);
    int sets = 2 * OverlayLimits.attributeBytes(false, 65_536) / (MOST_ITEMS * 32);
    for (int i = 0; i < sets; i++) {
      one.announce(large(FedOverlay.PEER, i), notEntitled, 1);
    }
    one.announce(large(FedOverlay.PEER, sets), FedOverlay.service(0), 1);
    assertThat(one.accepted()).isEqualTo(1);
    assertThat(one.refusals(OVER)).isZero();
  }

  @Test
  void whatWasRefusedForRoomThatLeavingAttributesHadIsAskedForAgain() {
    FedWorld world = new FedWorld(1);
    FedPeer peer = world.connect(world.add(1, Relation.CLIENT, true));
    int paths = 0;
    while (refusals(world) == 0 && paths < 16 * FedWorld.SERVICES) {
      announce(peer, paths / 16, paths);
      paths++;
    }
    assertThat(refusals(world)).as("after " + paths + " paths").isEqualTo(1);
    world.settle();

    peer.refreshMarker(1);
    peer.forget();
    peer.refreshMarker(2);
    HostAddress last = FedWorld.service(FedWorld.SERVICES - 1);
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    announce(peer, FedWorld.SERVICES - 1, paths + PATHS_EACH);
    assertThat(refusals(world)).as("the old attributes have the room").isEqualTo(2);
    assertThat(world.overlay.route(last)).isEmpty();
    world.settle();
    assertThat(world.overlay.route(last)).isPresent();
  }

  private static void announce(FedPeer peer, int service, int id) {
    peer.announce(
        large(peer.info.identity(), id / PATHS_EACH),
        List.of(new Nlri<>(FedWorld.service(service), id + 1)));
  }

  private static long refusals(FedWorld world) {
    return world.overlay.refused().stream()
        .flatMap(each -> each.rules().stream())
        .filter(each -> each.rule().equals(OVER))
        .mapToLong(RefusedView.RuleCount::count)
        .sum();
  }
}

package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A path that a rule forbade, and that is allowed again before it has left the table, stays. */
class DoubtedPathsTest {
  private static final int HOSTS = 40;

  /** Slices of one path, so that judging takes many steps. */
  private final FedWorld world = new FedWorld(1);

  private final FedPeer client = world.connect(world.add(1, Relation.CLIENT, true));
  private final FedPeer reader = world.connect(world.add(2, Relation.CLIENT, true));

  private List<Integer> changed() {
    List<Integer> offsets = new ArrayList<>();
    for (OverlayEffect effect : world.effects) {
      if (effect instanceof OverlayEffect.RoutesChanged change) {
        for (int offset : change.offsets()) {
          offsets.add(offset);
        }
      }
    }
    return offsets;
  }

  @Test
  void whatIsAllowedAgainIsThereAndIsAnnouncedAgain() {
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (int host = 0; host < HOSTS; host++) {
      routes.add(new Nlri<>(FedWorld.service(host), 1));
    }
    client.announce(FedWorld.attributes(client.info.identity(), 0, OptionalInt.empty()), routes);
    world.settle();
    assertThat(reader.told).hasSize(1 + HOSTS);

    HostAddress last = FedWorld.service(HOSTS - 1);
    world.renew(client, new TreeSet<>());
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    assertThat(world.overlay.route(last)).as("no route from that step on").isEmpty();
    FedPeer late = world.connect(world.add(3, Relation.CLIENT, true));
    assertThat(world.overlay.backlog.hasMore()).as("most are still to be judged").isTrue();
    assertThat(late.told).hasSize(1);
    world.effects.clear();
    world.renew(client, FedWorld.allServices());
    world.settle();

    assertThat(world.overlay.route(last)).isPresent();
    assertThat(changed()).contains(last.offset());
    assertThat(reader.told).hasSize(1 + HOSTS);
    assertThat(late.told).as("it had received none of them").hasSize(1 + HOSTS);
  }

  @Test
  void aPathThatComesWhileJudgingHasBegunAnewCostsNoOtherItsTurn() {
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (int host = 0; host < HOSTS; host++) {
      routes.add(new Nlri<>(FedWorld.service(host), 1));
    }
    client.announce(FedWorld.attributes(client.info.identity(), 0, OptionalInt.empty()), routes);
    world.settle();

    // Judging looks at some that stay, and begins anew from there when less is allowed.
    TreeSet<HostAddress> allowed = new TreeSet<>(FedWorld.allServices());
    for (int host = HOSTS / 2; host < HOSTS; host++) {
      allowed.remove(FedWorld.service(host));
    }
    world.renew(client, allowed);
    assertThat(world.overlay.pathCount()).as("none has gone yet").isGreaterThan(HOSTS - 2);
    for (int host = 0; host < HOSTS / 2; host++) {
      allowed.remove(FedWorld.service(host));
    }
    world.renew(client, allowed);
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    HostAddress late = FedWorld.service(HOSTS);
    client.announce(
        FedWorld.attributes(client.info.identity(), 0, OptionalInt.empty()),
        List.of(new Nlri<>(late, 1)));
    world.settle();

    assertThat(world.overlay.route(late)).isPresent();
    assertThat(world.overlay.pathCount()).as("its own and the late one").isEqualTo(2);
  }
}

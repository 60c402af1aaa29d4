package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayEffect.RoutesChanged;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What one event does to many paths: none of it at once but what it means, and a slice a step. */
class BacklogTest {
  private static final int HOSTS = 5;
  private static final int PATHS_PER_HOST = 1_000;
  private static final int PATHS = HOSTS * PATHS_PER_HOST;

  /** A step goes beyond its slice by one path at most. */
  private static final int SLICE_LOOKS = (Backlog.SLICE_PATHS + 1) * Backlog.LOOKS_PER_PATH;

  private final FedWorld world = new FedWorld(Backlog.SLICE_PATHS);
  private final FedPeer relay = world.connect(world.add(1, Relation.RELAY, true));
  private final FedPeer reader = world.connect(world.add(2, Relation.CLIENT, true));
  private long doneBefore;
  private long announcedBefore;
  private int pathsBefore;

  private void fill() {
    int before = world.overlay.pathCount();
    for (int host = 0; host < HOSTS; host++) {
      announce(relay, FedWorld.service(host), 1, PATHS_PER_HOST);
    }
    world.settle();
    assertThat(relay.isUp() && reader.isUp()).isTrue();
    assertThat(world.overlay.pathCount()).isEqualTo(before + PATHS);
    assertThat(reader.told).hasSize(before + PATHS);
    boundSteps();
  }

  /** From here on no step does more than its slice, and what was announced in it. */
  private void boundSteps() {
    doneBefore = world.overlay.backlog.done();
    pathsBefore = world.overlay.pathCount();
    announcedBefore = announcements();
    world.effects.clear();
    world.afterStep =
        () -> {
          long done = world.overlay.backlog.done();
          long announced = announcements();
          long more = announced - announcedBefore;
          announcedBefore = announced;
          assertThat(done - doneBefore)
              .isLessThanOrEqualTo(SLICE_LOOKS + more * Backlog.LOOKS_PER_PATH);
          doneBefore = done;
          int paths = world.overlay.pathCount();
          assertThat(pathsBefore - paths).isLessThanOrEqualTo(Backlog.SLICE_PATHS + (int) more);
          pathsBefore = paths;
        };
  }

  private long announcements() {
    return world.overlay.peers().stream()
        .mapToLong(peer -> peer.counters().received().announcements())
        .sum();
  }

  private static void announce(FedPeer peer, HostAddress host, int firstId, int ids) {
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (int id = firstId; id < firstId + ids; id++) {
      routes.add(new Nlri<>(host, id));
    }
    peer.announce(FedWorld.attributes(peer.info.identity(), 0, OptionalInt.empty()), routes);
  }

  private boolean isOffered(int service) {
    return !world.overlay.offers(FedWorld.service(service)).isEmpty()
        || world.overlay.route(FedWorld.service(service)).isPresent()
        || world.overlay.queries().route(FedWorld.service(service)).isPresent();
  }

  private List<RoutesChanged> changes() {
    return world.effects.stream()
        .filter(RoutesChanged.class::isInstance)
        .map(RoutesChanged.class::cast)
        .toList();
  }

  @Test
  void aLostSessionOffersNothingFromThatStepOnAndItsPathsLeaveASliceAStep() {
    fill();
    relay.lose();

    for (int i = 0; i < HOSTS; i++) {
      assertThat(isOffered(i)).isFalse();
    }
    assertThat(world.overlay.routes()).hasSize(1);
    assertThat(world.overlay.queries().routes()).hasSize(1);
    assertThat(world.overlay.pathCount()).isEqualTo(1 + PATHS - Backlog.SLICE_PATHS);
    int steps = world.settle();

    assertThat(steps).isGreaterThanOrEqualTo(PATHS / Backlog.SLICE_PATHS);
    assertThat(world.overlay.pathCount()).isEqualTo(1);
    assertThat(reader.told).hasSize(1);
    assertThat(changes()).allSatisfy(c -> assertThat(c.cause()).isEqualTo(Cause.SESSION_LOST));
    assertThat(changes()).allSatisfy(c -> assertThat(c.peer()).contains(relay.info.name()));
  }

  @Test
  void aPeerThatComesBackWhileItsPathsLeaveHasExactlyWhatItTellsNow() {
    FedPeer node = world.connect(world.add(3, Relation.CLIENT, true));
    announce(node, FedWorld.service(7), 1, OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
    fill();
    relay.lose();
    node.lose();
    world.connect(node);
    assertThat(world.overlay.backlog.hasMore()).as("still leaving").isTrue();

    // As many as one host may have, under other identifiers, beside those that are still leaving.
    announce(node, FedWorld.service(7), 17, OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
    assertThat(world.overlay.route(FedWorld.service(7)).orElseThrow().paths())
        .hasSize(OverlayLimits.PATHS_PER_HOST_OF_A_NODE)
        .allSatisfy(path -> assertThat(path.learned().pathId()).isGreaterThan(16));
    world.settle();

    assertThat(world.overlay.refused()).isEmpty();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
    assertThat(reader.told).hasSize(1 + OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
  }

  @Test
  void whatAPeerTellsAgainUnderTheSameIdentifierIsARouteOfItsNewSession() {
    fill();
    relay.lose();
    world.connect(relay);
    announce(relay, FedWorld.service(4), PATHS_PER_HOST - 9, 10);

    assertThat(world.overlay.backlog.hasMore()).as("still leaving").isTrue();
    assertThat(world.overlay.route(FedWorld.service(4)).orElseThrow().paths()).hasSize(10);
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + 10);
    assertThat(reader.told).hasSize(1 + 10);
  }

  @Test
  void aTableIsNeverLargerThanItsBoundsHoweverFastALostSessionComesBack() {
    fill();
    for (int round = 0; round < 4; round++) {
      relay.lose();
      world.connect(relay);
      for (int host = 0; host < HOSTS; host++) {
        announce(relay, FedWorld.service(host), 1 + 1_000 * (round + 1), PATHS_PER_HOST);
        assertThat(world.overlay.pathCount()).isLessThanOrEqualTo(1 + PATHS);
      }
    }
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + PATHS);
  }

  @Test
  void withdrawalsOfALostSessionLeaveBeforeAnyAnnouncement() {
    FedPeer node = world.connect(world.add(3, Relation.CLIENT, true));
    fill();
    reader.updates.clear();
    relay.lose();
    announce(node, FedWorld.service(9), 1, 1);
    world.settle();

    int withdrawn = 0;
    boolean announced = false;
    for (UpdateMessage<HostAddress> update : reader.updates) {
      assertThat(announced && !update.withdrawn().isEmpty()).isFalse();
      withdrawn += update.withdrawn().size();
      announced |= !update.announced().isEmpty();
    }
    assertThat(withdrawn).isEqualTo(PATHS);
    assertThat(announced).isTrue();
  }

  @Test
  void peersThatComeAndGoDoNotKeepOthersFromBeingTold() {
    FedPeer node = world.connect(world.add(3, Relation.CLIENT, true));
    FedPeer other = world.connect(world.add(4, Relation.RELAY, true));
    fill();
    announce(other, FedWorld.service(20), 1, 2_000);
    world.settle();
    announce(node, FedWorld.service(9), 1, 1);
    FedPeer lost = relay;
    for (int round = 0; round < 40 && !isAdvertisable(node); round++) {
      lost.lose();
      announce(node, FedWorld.service(9), 2, 1);
      world.connect(lost);
      announce(lost, FedWorld.service(30), 1, 1_000);
      lost = lost == relay ? other : relay;
    }
    assertThat(isAdvertisable(node)).as("although paths are leaving at any moment").isTrue();
  }

  private boolean isAdvertisable(FedPeer node) {
    return reader.told.keySet().stream().anyMatch(r -> r.contains(FedWorld.service(9) + ","))
        && node.isUp();
  }

  @Test
  void whatWasNotToldAgainInARefreshIsNoRouteAtOnceAndLeavesInSlices() {
    fill();
    relay.refreshMarker(1);
    announce(relay, FedWorld.service(0), 1, PATHS_PER_HOST);
    relay.refreshMarker(2);

    assertThat(isOffered(0)).isTrue();
    assertThat(isOffered(1)).isFalse();
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    // Told again before its turn to leave has come: it is a route again, and news.
    announce(relay, FedWorld.service(4), 1, 1);
    assertThat(isOffered(4)).isTrue();
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + PATHS_PER_HOST + 1);
    assertThat(reader.told).hasSize(1 + PATHS_PER_HOST + 1);
  }

  @Test
  void whatWasRefusedForRoomThatLeavingPathsHadIsAskedForAgain() {
    FedPeer node = world.connect(world.add(3, Relation.CLIENT, true));
    announce(node, FedWorld.service(7), 1, OverlayLimits.PATHS_PER_HOST_OF_A_NODE);
    fill();
    relay.lose();
    announce(node, FedWorld.service(8), 1, 1);
    node.refreshMarker(1);
    node.forget();
    node.refreshMarker(2);
    announce(node, FedWorld.service(7), 40, 1);
    assertThat(isOffered(7)).as("refused: its old paths have the room").isFalse();

    world.settle();

    assertThat(world.overlay.route(FedWorld.service(7)).orElseThrow().paths()).hasSize(1);
  }

  @Test
  void aNextHopThatGoesIsUnusableAtOnceAndReportedInSlices() {
    fill();
    world.step(new OverlayEvent.NextHop(relay.info.identity(), Reachability.DOWN));

    assertThat(world.overlay.offers(FedWorld.service(4)))
        .allSatisfy(offer -> assertThat(offer.usable()).isFalse());
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    world.settle();

    TreeSet<Integer> reported = new TreeSet<>();
    for (RoutesChanged change : changes()) {
      assertThat(change.cause()).isEqualTo(Cause.NEXT_HOP);
      for (int offset : change.offsets()) {
        reported.add(offset);
      }
    }
    assertThat(reported).hasSize(HOSTS);
  }

  @Test
  void whatIsNoLongerEntitledIsNoRouteAtOnceAndLeavesInSlices() {
    fill();
    TreeSet<HostAddress> first = new TreeSet<>(List.of(FedWorld.service(0)));
    world.renew(relay, first);

    assertThat(isOffered(0)).isTrue();
    for (int i = 1; i < HOSTS; i++) {
      assertThat(isOffered(i)).isFalse();
    }
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + PATHS_PER_HOST);
    assertThat(changes()).allSatisfy(c -> assertThat(c.cause()).isEqualTo(Cause.ENTITLEMENT));
  }

  @Test
  void aWatchLooksAtTheTableASliceAStep() {
    for (int host = 0; host < 60; host++) {
      announce(relay, FedWorld.service(host), 1, 40);
    }
    world.settle();
    List<OverlayListener.RouteChange> seen = new ArrayList<>();
    world.overlay.queries().watch(watcher(seen));
    assertThat(world.wantsTick()).isTrue();
    assertThat(world.settle()).isGreaterThan(1);

    relay.withdraw(FedWorld.service(59), 40);

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst().before().orElseThrow().paths()).hasSize(40);
    assertThat(seen.getFirst().after().orElseThrow().paths()).hasSize(39);
  }

  @Test
  void aChangeOfAHostThatAWatchHasNotSeenYetIsNoNews() {
    int seenAtOnce = 0;
    for (int changed = 0; changed < HOSTS; changed++) {
      FedWorld each = new FedWorld(Backlog.SLICE_PATHS);
      FedPeer node = each.connect(each.add(1, Relation.RELAY, true));
      for (int host = 0; host < HOSTS; host++) {
        announce(node, FedWorld.service(host), 1, PATHS_PER_HOST);
      }
      each.settle();
      List<OverlayListener.RouteChange> seen = new ArrayList<>();
      each.overlay.queries().watch(watcher(seen));
      node.withdraw(FedWorld.service(changed), 1);
      assertThat(seen).allSatisfy(change -> assertThat(change.before()).isPresent());
      seenAtOnce += seen.size();
    }
    assertThat(seenAtOnce).as("the first slice has some, and not all").isBetween(1, HOSTS - 1);
  }

  static OverlayListener watcher(List<OverlayListener.RouteChange> seen) {
    return new OverlayListener() {
      @Override
      public void routeChanged(RouteChange change) {
        seen.add(change);
      }

      @Override
      public void peerUp(PeerInfo peer) {}

      @Override
      public void peerDown(PeerInfo peer, DownReason reason) {}

      @Override
      public void refused(PeerInfo peer, String what, String rule, long count) {}
    };
  }
}

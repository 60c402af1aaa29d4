package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEffect.RoutesChanged;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Work of several causes that waits: each change is reported under its own cause and peer. */
class BacklogCausesTest {
  /** An odd number of paths, so that one step ends one work and begins the next. */
  private static final int HOSTS = 5;

  private final FedWorld world = new FedWorld(4);
  private final FedPeer first = world.connect(world.add(1, Relation.CLIENT, true));
  private final FedPeer second = world.connect(world.add(2, Relation.CLIENT, true));

  private void announce(FedPeer peer, int from, int count) {
    List<Nlri<HostAddress>> routes = new ArrayList<>();
    for (int host = from; host < from + count; host++) {
      routes.add(new Nlri<>(FedWorld.service(host), 1));
    }
    peer.announce(FedWorld.attributes(peer.info.identity(), 0, OptionalInt.empty()), routes);
  }

  /** By cause and peer, the numbers of the services that were reported. */
  private Map<String, Set<Integer>> reported() {
    Map<String, Set<Integer>> all = new TreeMap<>();
    for (OverlayEffect effect : world.effects) {
      if (effect instanceof RoutesChanged change) {
        String key = change.cause() + " " + change.peer().map(name -> name.value()).orElse("-");
        for (int offset : change.offsets()) {
          all.computeIfAbsent(key, k -> new TreeSet<>()).add(offset - FedWorld.FIRST_SERVICE);
        }
      }
    }
    return all;
  }

  private static Set<Integer> services(int from, int count) {
    Set<Integer> all = new TreeSet<>();
    IntStream.range(from, from + count).forEach(all::add);
    return all;
  }

  private void filled(int ofFirst) {
    announce(first, 0, ofFirst);
    announce(second, 20, HOSTS);
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1 + ofFirst + HOSTS);
    world.effects.clear();
  }

  @Test
  void aLostSessionAndANextHopThatGoes() {
    filled(HOSTS);
    first.lose();
    world.step(new OverlayEvent.NextHop(second.info.identity(), Reachability.DOWN));
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    world.settle();
    assertThat(reported())
        .isEqualTo(
            Map.of("SESSION_LOST n1", services(0, HOSTS), "NEXT_HOP n2", services(20, HOSTS)));
  }

  @Test
  void twoLostSessions() {
    filled(HOSTS);
    first.lose();
    second.lose();
    world.settle();
    assertThat(reported())
        .isEqualTo(
            Map.of("SESSION_LOST n1", services(0, HOSTS), "SESSION_LOST n2", services(20, HOSTS)));
  }

  @Test
  void whatOnePeerDoesNotSendAgainAndWhatItIsNotEntitledToAnyMore() {
    int again = 3;
    int left = 6;
    filled(again + left);
    first.refreshMarker(1);
    announce(first, 0, again);
    first.refreshMarker(2);
    TreeSet<HostAddress> fewer = new TreeSet<>(FedWorld.allServices());
    services(0, again).forEach(each -> fewer.remove(FedWorld.service(each)));
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    world.renew(first, fewer);
    world.settle();
    assertThat(reported())
        .isEqualTo(
            Map.of("UPDATE n1", services(again, left), "ENTITLEMENT n1", services(0, again)));
  }

  @Test
  void aRefreshThatEndsWhileWhatAnotherLeftIsGoingLeavesToo() {
    filled(2 * HOSTS);
    first.refreshMarker(1);
    first.refreshMarker(2);
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    second.refreshMarker(1);
    second.refreshMarker(2);
    world.settle();
    assertThat(world.overlay.pathCount()).isEqualTo(1);
    assertThat(reported())
        .isEqualTo(Map.of("UPDATE n1", services(0, 2 * HOSTS), "UPDATE n2", services(20, HOSTS)));
  }

  @Test
  void aNextHopThatComesBackWhileItsPathsAreMarkedHasAllOfThemMarkedAgain() {
    filled(HOSTS);
    world.step(new OverlayEvent.NextHop(first.info.identity(), Reachability.DOWN));
    assertThat(world.overlay.backlog.hasMore()).isTrue();
    assertThat(reported().get("NEXT_HOP n1")).isNotEmpty().hasSizeLessThan(HOSTS);
    world.effects.clear();
    world.step(new OverlayEvent.NextHop(first.info.identity(), Reachability.UNKNOWN));
    world.settle();
    assertThat(reported()).isEqualTo(Map.of("NEXT_HOP n1", services(0, HOSTS)));
  }
}

package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEvent.Reachability;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lost sessions, sessions that come back, updates, refreshes, next hops and entitlements that
 * change, in any order, while slices of what came before are still to be done: after every event
 * the routes are those of an overlay that does all at once, and once both are quiet every peer was
 * told the same.
 */
class BacklogProperty {
  private static final int EVENTS = 700;
  private static final int SERVICES = 6;
  private static final int PATH_IDS = 12;

  /** Behind reflectors; no peers. */
  private static final int FIRST_REMOTE = 50;

  private static final int REMOTE_NODES = 3;

  private static FedWorld world(int slicePaths) {
    FedWorld world = new FedWorld(slicePaths);
    world.add(1, Relation.CLIENT, true);
    world.add(2, Relation.CLIENT, false);
    world.add(3, Relation.REFLECTOR, true);
    world.add(4, Relation.REFLECTOR, false);
    world.add(5, Relation.RELAY, true);
    world.add(6, Relation.CLIENT, true);
    world.peers.forEach(world::connect);
    return world;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void slicesComeToWhatOnePieceComesTo(long seed) {
    Random random = new Random(seed);
    FedWorld sliced = world(1 + (int) (seed % 3));
    FedWorld whole = world(Integer.MAX_VALUE / Backlog.LOOKS_PER_PATH);
    sliced.afterStep = () -> assertThat(deadOffers(sliced)).isEmpty();
    int pending = 0;
    for (int i = 0; i < EVENTS; i++) {
      long action = random.nextLong();
      act(sliced, new Random(action));
      act(whole, new Random(action));
      pending += sliced.overlay.backlog.hasMore() ? 1 : 0;
      assertThat(whole.overlay.backlog.hasMore()).isFalse();
      assertThat(lines(sliced)).as("seed %s event %s", seed, i).isEqualTo(lines(whole));
      if (random.nextInt(5) == 0) {
        sliced.tick();
      }
      if (random.nextInt(40) == 0) {
        compareSettled(sliced, whole, "seed " + seed + " event " + i);
      }
    }
    assertThat(pending).as("the canary: slices were pending").isGreaterThan(EVENTS / 10);
    sliced.peers.stream().filter(FedPeer::isUp).forEach(FedPeer::lose);
    whole.peers.stream().filter(FedPeer::isUp).forEach(FedPeer::lose);
    compareSettled(sliced, whole, "at the end");
    assertThat(sliced.overlay.pathCount()).as("this node's own").isEqualTo(1);
  }

  private static List<String> lines(FedWorld world) {
    List<String> lines = new ArrayList<>();
    for (RouteView route : world.overlay.routes()) {
      route.paths().forEach(path -> lines.add(route.host() + " " + path));
    }
    return lines;
  }

  private static void compareSettled(FedWorld sliced, FedWorld whole, String when) {
    sliced.settle();
    whole.settle();
    assertThat(sliced.overlay.pathCount()).as(when).isEqualTo(whole.overlay.pathCount());
    for (int i = 0; i < sliced.peers.size(); i++) {
      assertThat(toldOf(sliced.peers.get(i)))
          .as("what n%s was told, %s", i + 1, when)
          .isEqualTo(toldOf(whole.peers.get(i)));
      assertThat(sliced.peers.get(i).endOfRib).isEqualTo(whole.peers.get(i).endOfRib);
    }
  }

  /** Without this node's identifiers of paths, which depend on the order of forgetting. */
  private static Map<String, Integer> toldOf(FedPeer peer) {
    Map<String, Integer> told = new TreeMap<>();
    peer.told.forEach(
        (route, attributes) ->
            told.merge(route.replaceAll("pathId=[-0-9]+", "") + attributes, 1, Integer::sum));
    return told;
  }

  /** Whom a request might be given, although its session is over and no channel is up. */
  private static List<ServicePath> deadOffers(FedWorld world) {
    List<ServicePath> dead = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      for (ServicePath offer : world.overlay.offers(FedWorld.service(i))) {
        boolean remote = offer.nextHop().offset() >= FedWorld.node(FIRST_REMOTE).offset();
        boolean up =
            world.overlay.peers().stream()
                .anyMatch(
                    peer ->
                        peer.info().identity().equals(offer.nextHop())
                            && peer.state() == io.landfall.bgp.SessionState.ESTABLISHED);
        if (offer.usable() && !remote && !up) {
          dead.add(offer);
        }
      }
    }
    return dead;
  }

  private static void act(FedWorld world, Random random) {
    FedPeer peer = world.peers.get(random.nextInt(world.peers.size()));
    HostAddress node = anyNode(random);
    int choice = random.nextInt(100);
    if (choice < 8) {
      if (peer.isUp()) {
        peer.lose();
      }
    } else if (choice < 20) {
      if (!peer.isUp()) {
        world.connect(peer);
      }
    } else if (choice < 26) {
      world.step(
          new OverlayEvent.NextHop(
              node, random.nextBoolean() ? Reachability.DOWN : Reachability.UNKNOWN));
    } else if (choice < 36) {
      remote(world, random);
    } else if (choice < 40) {
      world.step(new RemoteNode.Verified(peer.info.identity(), some(random)));
    } else if (peer.isUp()) {
      say(peer, node, random);
    }
  }

  private static void remote(FedWorld world, Random random) {
    HostAddress node = FedWorld.node(FIRST_REMOTE + random.nextInt(REMOTE_NODES));
    world.step(
        switch (random.nextInt(4)) {
          case 0 -> new RemoteNode.Disowned(node);
          case 1 ->
              random.nextBoolean()
                  ? new RemoteNode.ChannelUp(node)
                  : new RemoteNode.ChannelDown(node);
          default -> new RemoteNode.Verified(node, some(random));
        });
  }

  private static void say(FedPeer peer, HostAddress node, Random random) {
    HostAddress service = FedWorld.service(random.nextInt(SERVICES));
    switch (random.nextInt(14)) {
      case 0 -> peer.withdraw(service, 1 + random.nextInt(PATH_IDS));
      case 1 -> peer.refreshMarker(1);
      case 2 -> peer.refreshMarker(2);
      case 3 -> peer.askRefresh();
      case 4 -> peer.endOfRib();
      default -> {
        List<Nlri<HostAddress>> routes = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
          HostAddress host = FedWorld.service(random.nextInt(SERVICES));
          routes.add(new Nlri<>(host, 1 + random.nextInt(PATH_IDS)));
        }
        peer.announce(
            attributes(peer, node, random.nextInt(3)), routes.stream().distinct().toList());
      }
    }
  }

  private static PathAttributes attributes(FedPeer peer, HostAddress node, int med) {
    return switch (peer.info.relation()) {
      case CLIENT, MESH -> FedWorld.attributes(peer.info.identity(), med, OptionalInt.empty());
      case RELAY -> FedWorld.attributes(node, med, OptionalInt.empty());
      case REFLECTOR -> FedWorld.attributes(node, med, OptionalInt.of(BgpIdentifier.of(node)));
    };
  }

  private static HostAddress anyNode(Random random) {
    return random.nextBoolean()
        ? FedWorld.node(1 + random.nextInt(6))
        : FedWorld.node(FIRST_REMOTE + random.nextInt(REMOTE_NODES));
  }

  private static SortedSet<HostAddress> some(Random random) {
    TreeSet<HostAddress> services = new TreeSet<>();
    for (int i = 0; i < SERVICES; i++) {
      if (random.nextInt(4) != 0) {
        services.add(FedWorld.service(i));
      }
    }
    return services;
  }
}

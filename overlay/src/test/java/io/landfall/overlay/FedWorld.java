package io.landfall.overlay;

import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.PeerInfo.Relation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/** A reflector under test and its peers, which are fed; time stands still. */
final class FedWorld {
  static final HostAddress OWN = OverlayNet.host("10.32.0.1");
  static final int FIRST_SERVICE = 300;
  static final int SERVICES = 100;

  final Overlay overlay;
  final List<FedPeer> peers = new ArrayList<>();
  final List<OverlayEffect> effects = new ArrayList<>();
  private final ArrayDeque<OverlayEvent> events = new ArrayDeque<>();
  private boolean stepping;
  private long streams;

  /** Before each step of the overlay. */
  Runnable beforeStep = () -> {};

  /** After each step of the overlay. */
  Runnable afterStep = () -> {};

  FedWorld(int slicePaths) {
    this(slicePaths, OverlayLimits.usual());
  }

  FedWorld(int slicePaths, OverlayLimits limits) {
    OverlaySettings config =
        new OverlaySettings(
            new NodeName("rr"),
            OWN,
            new Asn(OverlayNet.ASN),
            OverlaySettings.Reflection.REFLECTOR,
            limits,
            NodeCosts.equal(),
            NodeDirectory.empty());
    this.overlay = new Overlay(config, bound -> 0, slicePaths);
    step(new OverlayEvent.LocalServicesEvaluated());
  }

  static HostAddress service(int index) {
    return OverlayNet.BLOCK.host(FIRST_SERVICE + index);
  }

  static HostAddress node(int index) {
    return OverlayNet.BLOCK.host(10 + index);
  }

  static SortedSet<HostAddress> allServices() {
    TreeSet<HostAddress> services = new TreeSet<>();
    for (int i = 0; i < SERVICES; i++) {
      services.add(service(i));
    }
    return services;
  }

  /** A second stream of a live peer, with a certificate that names these services and no others. */
  void renew(FedPeer peer, SortedSet<HostAddress> services) {
    long second = ++streams;
    step(
        new OverlayEvent.LinkUp(
            peer.info.withServices(services), "fp", second, Direction.INCOMING));
    step(new OverlayEvent.LinkClosed(peer.info.identity(), second, "cut"));
  }

  FedPeer add(int node, Relation relation, boolean addPath) {
    PeerInfo info = new PeerInfo(new NodeName("n" + node), node(node), allServices(), relation);
    FedPeer peer = new FedPeer(info, OWN, addPath, this::steps);
    peers.add(peer);
    return peer;
  }

  FedPeer connect(FedPeer peer) {
    peer.connect(++streams, "fp");
    return peer;
  }

  /** Does one step, and then what it led to; events of the peers wait for their turn. */
  void step(OverlayEvent event) {
    steps(List.of(event));
  }

  private void steps(List<OverlayEvent> several) {
    events.addAll(several);
    if (stepping) {
      return;
    }
    stepping = true;
    OverlayEvent next;
    while ((next = events.poll()) != null) {
      beforeStep.run();
      List<OverlayEffect> made = overlay.step(next, 1);
      effects.addAll(made);
      afterStep.run();
      for (OverlayEffect effect : made) {
        if (effect instanceof OverlayEffect.Write write) {
          peers.stream()
              .filter(peer -> peer.info.identity().equals(write.peer()))
              .forEach(peer -> peer.received(write.connection(), write.bytes()));
        }
      }
    }
    stepping = false;
  }

  boolean wantsTick() {
    OptionalLong due = overlay.deadlineNanos();
    return due.isPresent() && due.getAsLong() <= 1;
  }

  void tick() {
    step(new OverlayEvent.Tick());
  }

  /** Until nothing is left to do. */
  int settle() {
    int steps = 0;
    while (wantsTick()) {
      tick();
      steps++;
    }
    return steps;
  }

  /** What a node says of itself; or, with an originator, what a reflector says of it. */
  static PathAttributes attributes(HostAddress nextHop, int med, OptionalInt originator) {
    return new PathAttributes(
        Origin.IGP,
        List.of(),
        Optional.of(nextHop.inetAddress()),
        OptionalLong.of(med),
        OptionalLong.of(100),
        new PathAttributes.Reflection(
            originator.isPresent() ? Optional.of(originator.getAsInt()) : Optional.empty(),
            originator.isPresent() ? List.of(BgpIdentifier.of(node(90))) : List.of()),
        PathAttributes.Communities.NONE,
        OptionalLong.empty());
  }
}

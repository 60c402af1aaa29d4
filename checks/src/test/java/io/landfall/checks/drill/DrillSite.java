package io.landfall.checks.drill;

import io.landfall.bgp.SessionState;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.NodeCosts;
import io.landfall.overlay.NodeDirectory;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.OverlayLimits;
import io.landfall.overlay.OverlaySettings;
import io.landfall.overlay.PeerInfo;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.RouteView;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One real overlay with real sessions, whose peers are bytes written by hand. */
final class DrillSite {
  static final int ASN = (int) 4_200_000_000L;
  private static final long NOW = 1_000_000_000L;

  private final Block block;
  private final Overlay overlay;
  private final PeerInfo.Relation relation;
  private final Map<HostAddress, Stream> streams = new TreeMap<>();
  private final List<OverlayEffect> seen = new ArrayList<>();

  /** The stream to a peer, and what was written to it. */
  private record Stream(long link, ByteArrayOutputStream written) {}

  DrillSite(Block block, String identity, boolean reflector) {
    this.block = block;
    this.relation = reflector ? PeerInfo.Relation.CLIENT : PeerInfo.Relation.MESH;
    this.overlay =
        new Overlay(
            new OverlaySettings(
                new NodeName("fra"),
                block.parseHost(identity),
                new Asn(ASN),
                reflector ? OverlaySettings.Reflection.REFLECTOR : OverlaySettings.Reflection.NONE,
                OverlayLimits.usual(),
                NodeCosts.equal(),
                NodeDirectory.empty()),
            bound -> bound - 1);
    step(new OverlayEvent.LocalServicesEvaluated());
  }

  /** A peer whose session is Established and that has said its identity and its services. */
  HostAddress peer(String name, String address, SortedSet<HostAddress> services) {
    HostAddress identity = block.parseHost(address);
    long link = streams.size() + 1L;
    streams.put(identity, new Stream(link, new ByteArrayOutputStream()));
    PeerInfo info = new PeerInfo(new NodeName(name), identity, services, relation);
    step(new OverlayEvent.LinkUp(info, "fingerprint of " + name, link, Direction.INCOMING));
    hear(identity, Wires.open(ASN, BgpIdentifier.of(identity)));
    hear(identity, Wires.KEEPALIVE);
    hear(identity, Wires.hosts(identity.bytes(), identity.bytes()));
    return identity;
  }

  /** Bytes of a peer arrive. */
  void hear(HostAddress peer, byte[] bytes) {
    step(new OverlayEvent.Bytes(peer, stream(peer).link(), bytes));
  }

  private void step(OverlayEvent event) {
    for (OverlayEffect effect : overlay.step(event, NOW)) {
      seen.add(effect);
      if (effect instanceof OverlayEffect.Write(HostAddress to, long link, byte[] bytes)) {
        stream(to).written().writeBytes(bytes);
      }
    }
  }

  private Stream stream(HostAddress peer) {
    return Objects.requireNonNull(streams.get(peer));
  }

  /** Forgets what was written and seen so far. */
  void forget() {
    streams.values().forEach(stream -> stream.written().reset());
    seen.clear();
  }

  byte[] writtenTo(HostAddress peer) {
    return stream(peer).written().toByteArray();
  }

  /** Every effect that is not a line for the log. */
  List<OverlayEffect> seen() {
    return seen.stream().filter(effect -> !(effect instanceof OverlayEffect.Note)).toList();
  }

  /** The table as text, times left out. */
  List<String> table() {
    return overlay.routes().stream()
        .map(
            route ->
                route.host()
                    + " by "
                    + route.paths().stream()
                        .map(RouteView.PathView::nextHop)
                        .map(HostAddress::toString)
                        .collect(Collectors.joining(" ")))
        .toList();
  }

  List<SessionState> states() {
    return overlay.peers().stream().map(PeerView::state).toList();
  }

  /** What was refused of one peer, by rule. */
  Map<String, Long> refused(HostAddress peer) {
    Map<String, Long> rules = new TreeMap<>();
    for (RefusedView view : overlay.refused()) {
      if (view.peer().identity().equals(peer)) {
        view.rules().forEach(rule -> rules.put(rule.rule(), rule.count()));
      }
    }
    return rules;
  }
}

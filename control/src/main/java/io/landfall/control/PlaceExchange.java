package io.landfall.control;

import static io.landfall.control.LogField.field;

import io.landfall.control.ControlEffect.Subject;
import io.landfall.core.HostAddress;
import io.landfall.overlay.NamedPlaces;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.overlay.OverlayEvent;
import io.landfall.trust.Endpoint;
import io.landfall.trust.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Nodes of a full mesh name to each other where further nodes are, so that one that knows a single
 * other finds the rest. It makes candidates and nothing else: no peer, no route, no trust.
 *
 * <p>A node names only places at which it has proved itself, on a channel that is up, that a node
 * is with which it has a session; and it believes only what comes on the session of the peer
 * itself. So nothing is passed on that a node only received, and what no node is adjacent to any
 * more is named by none. Where routes are reflected nothing is named: there the operator decides
 * who has sessions with whom.
 */
final class PlaceExchange {
  private final ForwardingChannels.Parts parts;
  private final ForwardingChannels channels;
  private final Consumer<Endpoint> forgotten;

  /** How many places were not tried, by rule. */
  private final Map<PlaceRule, Long> refused = new EnumMap<>(PlaceRule.class);

  private List<NodeEndpoint> sent = List.of();

  /**
   * Nothing is named yet.
   *
   * @param forgotten receives the candidates that are none any more
   */
  PlaceExchange(ForwardingChannels channels, Consumer<Endpoint> forgotten) {
    this.parts = channels.parts();
    this.channels = channels;
    this.forgotten = forgotten;
  }

  private boolean isOn() {
    return parts.config().discovery().learns();
  }

  /** A peer names these places on its own session, and no others any more. */
  void named(HostAddress by, List<NodeEndpoint> places) {
    Neighbor neighbor = parts.nodes().neighbors().get(by);
    Optional<Stream.Proof> session = neighbor == null ? Optional.empty() : neighbor.session();
    if (isOn() && session.isPresent() && parts.config().isInMesh(session.get().peer().name())) {
      InetAddress from = session.get().at().getAddress();
      List<Endpoint> good = new ArrayList<>();
      for (NodeEndpoint place : places) {
        InetSocketAddress at = ForwardingPlan.at(place.address(), place.port());
        PlaceRule.brokenBy(at, from, parts.config())
            .ifPresentOrElse(
                rule -> refuse(rule, at, session.get().peer()),
                () -> good.add(Stream.endpoint(at)));
      }
      take(by, good);
    }
  }

  /** The session with a peer is over, and so is what it named. */
  void sessionLost(HostAddress peer) {
    if (isOn()) {
      take(peer, List.of());
    }
  }

  private void take(HostAddress by, List<Endpoint> places) {
    SortedMap<Endpoint, PeerIdentity> adjacent = new TreeMap<>();
    channels.adjacent().forEach(each -> adjacent.put(Stream.endpoint(each.at()), each.peer()));
    parts
        .nodes()
        .candidates()
        .named(by, places, at -> Optional.ofNullable(adjacent.get(at)), parts.step().nanos())
        .forEach(forgotten);
  }

  /** No node names itself, but each is named to itself: that is no fault of the peer. */
  private void refuse(PlaceRule rule, InetSocketAddress at, PeerIdentity by) {
    long count = refused.merge(rule, 1L, Long::sum);
    if (rule != PlaceRule.OWN && Long.bitCount(count) == 1) {
      parts
          .step()
          .warn(
              Subject.DISCOVERY,
              "candidate refused",
              field("endpoint", Stream.endpoint(at)),
              field("peer", by.name()),
              field("rule", rule.label()),
              field("count", count));
    }
  }

  /**
   * Names to the peers where others are, if that has changed, and forgets what is old. To be called
   * every few seconds: that is how often a node that comes and goes makes its peers send to others.
   */
  void look(Consumer<OverlayEvent> table) {
    if (!isOn()) {
      return;
    }
    parts.nodes().candidates().forgetOld(parts.step().nanos()).forEach(forgotten);
    List<NodeEndpoint> places = toName();
    if (!places.equals(sent)) {
      sent = places;
      table.accept(new OverlayEvent.NamePlaces(places));
    }
  }

  /**
   * The places of the nodes whose identities follow this node's, and of the first ones after the
   * last: where there are more than may be named, no two nodes name the same ones, and from one to
   * the next all are found.
   */
  private List<NodeEndpoint> toName() {
    SortedMap<HostAddress, InetSocketAddress> after = new TreeMap<>();
    SortedMap<HostAddress, InetSocketAddress> before = new TreeMap<>();
    HostAddress own = parts.config().identity();
    for (Stream.Proof each : channels.adjacent()) {
      if (parts.config().isInMesh(each.peer().name())) {
        HostAddress identity = each.peer().identity();
        (identity.compareTo(own) > 0 ? after : before).put(identity, each.at());
      }
    }
    List<NodeEndpoint> places = new ArrayList<>();
    after.values().forEach(at -> add(places, at));
    before.values().forEach(at -> add(places, at));
    return places;
  }

  private static void add(List<NodeEndpoint> places, InetSocketAddress at) {
    if (places.size() < NamedPlaces.MOST && !at.getAddress().isLinkLocalAddress()) {
      places.add(new NodeEndpoint(at.getAddress(), at.getPort()));
    }
  }
}

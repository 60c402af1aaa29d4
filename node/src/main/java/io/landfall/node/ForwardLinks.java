package io.landfall.node;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Rng;
import io.landfall.node.link.BgpLink;
import io.landfall.node.link.OverlayPort.Dialled;
import io.landfall.overlay.NodeEndpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels to the other nodes on which it is proved that requests can be forwarded to them.
 *
 * <p>That there is a session with a node, or that a reflector tells of one, is not enough to send a
 * request anywhere: it does not prove that its port for requests is reached from here, nor, behind
 * a reflector, who it is. So the place that {@link ForwardPlan} names is dialled, as an edge would.
 * The certificate that answers has to be that of the session; behind a reflector it is the node's
 * entitlement, exactly as in a mesh. The channel, held open with PINGs, is what makes the node
 * usable as a next hop: it is up, or no request goes there.
 *
 * <p>On the control thread only. Bounded by {@link #MAX_NODES}; beyond it a node that was never
 * reached makes room, or the newcomer is left out.
 */
final class ForwardLinks {
  /** How many nodes are kept in mind. */
  static final int MAX_NODES = 4096;

  /** How many dials are under way at once. */
  static final int MAX_DIALING = 64;

  private static final Logger log = LoggerFactory.getLogger("landfall.forward");

  private final Parts parts;
  private final ControlLoop control;
  private final OverlayDriver overlay;
  private final Consumer<HostAddress> onChanged;
  private final Consumer<HostAddress> onLeft;
  private final Consumer<HostAddress> onLost;
  private final Clashes clashes;
  private final TreeMap<HostAddress, ForwardLink> byNode = new TreeMap<>();
  private int dialing;
  private boolean stopped;
  private Revocations revocations = Revocations.NONE;

  /**
   * What it works with.
   *
   * @param knownPorts the ports at which a certificate answered a dial for BGP
   * @param usualPort the port that nodes use when nothing else is known
   */
  record Parts(
      ControlLoop control,
      ForwardDialer forward,
      OverlayDriver overlay,
      NodeNames names,
      Function<PeerIdentity, List<Integer>> knownPorts,
      int usualPort,
      Rng jitter) {}

  /**
   * Knows of no node yet.
   *
   * @param onChanged hears of a node that became usable or unusable, or for another reason
   * @param onLeft hears of a node to which no further request may be sent
   * @param onLost hears of a node to which no request may be on its way any longer
   */
  ForwardLinks(
      Parts parts,
      Consumer<HostAddress> onChanged,
      Consumer<HostAddress> onLeft,
      Consumer<HostAddress> onLost,
      Clashes clashes) {
    this.parts = parts;
    this.control = parts.control();
    this.overlay = parts.overlay();
    this.onChanged = onChanged;
    this.onLeft = onLeft;
    this.onLost = onLost;
    this.clashes = clashes;
  }

  /** A session with a node is up, over this stream. */
  void sessionUp(PeerIdentity peer, BgpLink session) {
    ForwardLink link = linkOf(peer.identity());
    if (link != null && session.remoteAddress() instanceof InetSocketAddress remote) {
      link.sessionUp(peer, remote, session.outgoing());
    }
  }

  /** The session with a peer is over: what it told of itself and of others is forgotten. */
  void sessionLost(HostAddress peer) {
    for (ForwardLink link : List.copyOf(byNode.values())) {
      if (link.forgetTeller(peer)) {
        link.planChanged();
      }
    }
  }

  /** A route names the endpoint of a node. */
  void heard(HostAddress node, NodeEndpoint endpoint, HostAddress from) {
    ForwardLink link = linkOf(node);
    if (link == null) {
      return;
    }
    InetSocketAddress at = new InetSocketAddress(endpoint.address(), endpoint.port());
    link.heard(at, from);
  }

  /** Hosts of the table changed: who tells of a node no longer is not believed any longer. */
  void routesChanged(int[] offsets, Block block) {
    for (int offset : offsets) {
      ForwardLink link = byNode.get(block.host(offset));
      if (link != null) {
        Set<HostAddress> tellers = new TreeSet<>();
        overlay
            .overlay()
            .inspection()
            .route(block.host(offset))
            .ifPresent(route -> route.paths().forEach(path -> tellers.add(path.fromIdentity())));
        link.routesIn(tellers);
      }
    }
  }

  /** A candidate of this node answered a dial: its port may be the one for requests too. */
  void portsChanged(HostAddress node) {
    ForwardLink link = byNode.get(node);
    if (link != null) {
      link.planChanged();
    }
  }

  private @Nullable ForwardLink linkOf(HostAddress node) {
    ForwardLink link = byNode.get(node);
    if (link == null) {
      if (byNode.size() >= MAX_NODES && !makeRoom()) {
        log.debug("node left out identity={} why=\"{} nodes are known\"", node, MAX_NODES);
        return null;
      }
      link = new ForwardLink(node, parts, this);
      byNode.put(node, link);
    }
    return link;
  }

  private boolean makeRoom() {
    for (ForwardLink link : byNode.values()) {
      if (link.mayMakeRoom()) {
        link.forget();
        return true;
      }
    }
    return false;
  }

  /** Why no request can be given to a node; empty when one can. */
  Optional<String> whyNot(HostAddress node) {
    if (parts.forward().knows(node)) {
      return Optional.empty();
    }
    ForwardLink link = byNode.get(node);
    if (link == null) {
      return Optional.of("it is not known where it takes requests");
    }
    String why = link.lastFailure();
    return Optional.of(
        why.isEmpty()
            ? "its channel for requests is not proved yet"
            : "its channel for requests is not up: " + why);
  }

  /** Who a channel to this node has reached, and where; kept while its certificate is good. */
  Optional<RequestRules.Proved> proved(HostAddress node) {
    ForwardLink link = byNode.get(node);
    return link == null ? Optional.empty() : link.proved();
  }

  /**
   * Cuts whoever is revoked or expired: its routes go, and it has to prove itself anew.
   *
   * @param list the list in force
   * @return who was cut
   */
  NavigableSet<NodeName> cut(Revocations list, long wallMillis) {
    revocations = list;
    NavigableSet<NodeName> cut = new TreeSet<>();
    for (ForwardLink link : List.copyOf(byNode.values())) {
      link.cut(list, wallMillis).ifPresent(cut::add);
    }
    return cut;
  }

  /** Whether a peer was revoked after its handshake. */
  boolean isRevoked(PeerIdentity peer) {
    return revocations.reasonFor(peer).isPresent();
  }

  /** Whoever was refused may be admitted now: what waits is dialled soon. */
  void dialAgain() {
    List.copyOf(byNode.values()).forEach(ForwardLink::dialAgain);
  }

  /** Closes every channel and dials no more. */
  void stop() {
    stopped = true;
    List.copyOf(byNode.values()).forEach(link -> link.end("this node stops"));
  }

  boolean isStopped() {
    return stopped;
  }

  /** A node became usable or unusable, or the reason why it is not changed. */
  void changed(HostAddress node) {
    onChanged.accept(node);
  }

  /** No further request may be sent to this node; those under way finish. */
  void left(HostAddress node) {
    onLeft.accept(node);
  }

  /** No request may be on its way to this node any longer. */
  void lost(HostAddress node) {
    onLost.accept(node);
  }

  /** Two places answered as one node. */
  void clash(Holder live, Holder other) {
    clashes.of(live, other);
  }

  /** Nothing tells of this node any more. */
  void remove(HostAddress node) {
    byNode.remove(node);
  }

  /** Why the one who answered at a place is not the node that was meant; empty if it is. */
  Optional<String> refusalOf(HostAddress node, ForwardPlan.Target chosen, PeerIdentity who) {
    if (stopped) {
      return Optional.of("this node stops");
    }
    if (!who.identity().equals(node)) {
      return Optional.of(chosen.place() + " is " + who.label() + ", not " + node);
    }
    if (chosen.fingerprint().filter(session -> !session.equals(who.fingerprint())).isPresent()) {
      return Optional.of(
          chosen.place() + " has another certificate of " + who.label() + " than its session");
    }
    return chosen.fingerprint().isPresent() ? Optional.empty() : overlay.refusalOf(who);
  }

  /** Closes what a dial has opened. */
  static void closeIfOpen(Future<Dialled> dialled) {
    if (dialled.isSuccess()) {
      dialled.getNow().channel().close();
    }
  }

  /** Whether one more dial may be under way. */
  boolean mayDial() {
    return dialing < MAX_DIALING;
  }

  /** Dials a place; what comes of it is told on the control thread. */
  void dial(InetSocketAddress address, Consumer<Future<Dialled>> then) {
    dialing++;
    parts
        .forward()
        .port()
        .dialRequests(address, control.eventLoop())
        .addListener(
            (Future<Dialled> dialled) ->
                control.hereOrLater(
                    () -> {
                      dialing--;
                      then.accept(dialled);
                    }));
  }
}

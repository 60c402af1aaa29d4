package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayEvent.RemoteNode;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Nodes that are learned of through reflectors, and what reflectors send that the nodes themselves
 * send too.
 *
 * <p>A route of a node that is not verified is refused and forgotten. So once a node is verified,
 * whoever sent a route of it is asked to send again (RFC 2918); and once a reflector receives the
 * routes of a node itself it drops what other reflectors sent of it, and asks them again when it no
 * longer does.
 */
final class RemoteNodes {
  private final OverlaySettings config;
  private final Peers peers;
  private final UsableNextHops nextHops;
  private final Backlog backlog;
  private final Sessions sessions;
  private final Consumer<HostAddress> nextHopChanged;

  /**
   * Knows of no node yet.
   *
   * @param nextHopChanged receives a next hop that became usable or unusable
   */
  RemoteNodes(
      OverlaySettings config,
      Parts parts,
      Sessions sessions,
      Consumer<HostAddress> nextHopChanged) {
    this.config = config;
    this.peers = parts.peers();
    this.nextHops = parts.nextHops();
    this.backlog = parts.backlog();
    this.sessions = sessions;
    this.nextHopChanged = nextHopChanged;
  }

  /** What it shares with the overlay. */
  record Parts(Peers peers, UsableNextHops nextHops, Backlog backlog) {}

  void step(RemoteNode event, long nowNanos) {
    switch (event) {
      case RemoteNode.Verified verified -> verify(verified, nowNanos);
      case RemoteNode.Disowned(HostAddress node) -> {
        peers.disown(node);
        setChannel(node, false);
        judgeAgain();
      }
      case RemoteNode.ChannelUp(HostAddress node) -> setChannel(node, true);
      case RemoteNode.ChannelDown(HostAddress node) -> setChannel(node, false);
    }
  }

  private void verify(RemoteNode.Verified verified, long nowNanos) {
    if (peers.isVerified(verified.node(), verified.services())) {
      return;
    }
    boolean more = peers.verify(verified.node(), verified.services());
    judgeAgain();
    if (more) {
      askReflectorsAgain(nowNanos);
    }
  }

  /** What a peer may originate has changed: that concerns what others send of it, too. */
  void entitled(Peer peer, SortedSet<HostAddress> before, long nowNanos) {
    SortedSet<HostAddress> now = peer.info.services();
    if (!now.containsAll(before)) {
      judgeAgain();
    }
    if (!before.containsAll(now)) {
      askReflectorsAgain(nowNanos);
    }
  }

  /** Nodes without certificates may originate other services than before. */
  void directoryChanged(long nowNanos) {
    judgeAgain();
    askReflectorsAgain(nowNanos);
  }

  /** Asks the peers that reflect routes of others for them again. */
  void askReflectorsAgain(long nowNanos) {
    askAgain(peer -> peer.info.relation().speaksForOthers(), nowNanos);
  }

  private void judgeAgain() {
    for (Peer peer : peers.all()) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null && peer.info.relation().speaksForOthers()) {
        backlog.judgeAgain(peer, adjacency.source, Cause.ENTITLEMENT, Optional.empty());
      }
    }
  }

  private void setChannel(HostAddress node, boolean up) {
    boolean before = nextHops.isUsable(node.offset());
    nextHops.setChannel(node.offset(), up);
    if (before != nextHops.isUsable(node.offset())) {
      nextHopChanged.accept(node);
    }
  }

  /** A peer has sent all its routes: what others sent of it is not needed any longer. */
  void routesReceived(Peer direct) {
    if (!config.reflector()) {
      return;
    }
    for (Peer peer : peers.all()) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null && peer != direct && isReflector(peer)) {
        backlog.judgeAgain(peer, adjacency.source, Cause.UPDATE, Optional.of(direct));
      }
    }
  }

  /** A peer is lost: what others still send of it is wanted again. */
  void lost(Peer direct, long nowNanos) {
    if (config.reflector()) {
      askAgain(peer -> peer != direct && isReflector(peer), nowNanos);
    }
  }

  private void askAgain(Predicate<Peer> whom, long nowNanos) {
    for (Peer peer : peers.copy()) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null && whom.test(peer)) {
        sessions.requestRefresh(peer, adjacency, nowNanos);
      }
    }
  }

  private static boolean isReflector(Peer peer) {
    return peer.info.relation() == PeerInfo.Relation.REFLECTOR;
  }
}

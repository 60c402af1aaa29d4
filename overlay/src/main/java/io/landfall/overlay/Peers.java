package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every peer by identity, and who may become one. */
final class Peers {
  /** How long a peer that never had a session is remembered after its last stream, for showing. */
  static final long PASSING_NANOS = 60_000_000_000L;

  private final SortedMap<HostAddress, Peer> byIdentity = new TreeMap<>();
  private final SortedMap<HostAddress, SortedSet<HostAddress>> verified = new TreeMap<>();
  private final OverlaySettings config;

  Peers(OverlaySettings config) {
    this.config = config;
  }

  /** The peer with this identity; the identity must be of the overlay's block. */
  @Nullable Peer get(HostAddress identity) {
    return byIdentity.get(identity);
  }

  /** Every peer, ordered by identity. */
  Collection<Peer> all() {
    return byIdentity.values();
  }

  /** A copy, for loops that may end sessions. */
  List<Peer> copy() {
    return new ArrayList<>(byIdentity.values());
  }

  /** A copy that begins with this identity, or the one behind it, and ends before it. */
  List<Peer> from(@Nullable HostAddress first) {
    if (first == null) {
      return copy();
    }
    List<Peer> peers = new ArrayList<>(byIdentity.tailMap(first).values());
    peers.addAll(byIdentity.headMap(first).values());
    return peers;
  }

  /** Whether an address of the block is known to be the identity of a node other than this one. */
  boolean isNode(HostAddress address) {
    return byIdentity.containsKey(address)
        || verified.containsKey(address)
        || config.directory().isNode(address);
  }

  /** Whether a node may originate a service; what is not listed anywhere is not allowed. */
  boolean isEntitled(HostAddress node, HostAddress service) {
    Peer peer = byIdentity.get(node);
    SortedSet<HostAddress> proved = verified.get(node);
    return (peer != null && peer.info.services().contains(service))
        || (proved != null && proved.contains(service))
        || config.directory().isEntitled(node, service);
  }

  /**
   * Believes what a certificate proves of a node that is no peer.
   *
   * @return whether that allows more than before; false too when there are too many nodes
   */
  boolean verify(HostAddress node, SortedSet<HostAddress> services) {
    SortedSet<HostAddress> before = verified.get(node);
    if (before == null && verified.size() >= config.limits().peers()) {
      return false;
    }
    verified.put(node, services);
    return before == null || !before.containsAll(services);
  }

  /** Whether exactly this is believed of a node already. */
  boolean isVerified(HostAddress node, SortedSet<HostAddress> services) {
    return services.equals(verified.get(node));
  }

  /** Believes it no longer. */
  void disown(HostAddress node) {
    verified.remove(node);
  }

  /** Whether a node is a live peer that has sent all its routes. */
  boolean hasSentAllRoutes(HostAddress node) {
    Peer peer = byIdentity.get(node);
    return peer != null && peer.adjacency != null && peer.adjacency.endOfRibReceived;
  }

  /** Whether a path could have a next hop other than the peer that sent it. */
  boolean anyoneSpeaksForOthers() {
    for (Peer peer : byIdentity.values()) {
      if (peer.info.relation().speaksForOthers()) {
        return true;
      }
    }
    return false;
  }

  /** Adds a peer that {@link #admit} admitted; forgets the one that has been away longest. */
  void add(Peer peer) {
    if (byIdentity.size() >= config.limits().peers()) {
      Peer oldest = null;
      for (Peer other : byIdentity.values()) {
        if (!other.isLive() && (oldest == null || other.sinceNanos - oldest.sinceNanos < 0)) {
          oldest = other;
        }
      }
      if (oldest != null) {
        byIdentity.remove(oldest.info.identity());
      }
    }
    byIdentity.put(peer.info.identity(), peer);
  }

  /** Forgets who never had a session and has had no stream for {@link #PASSING_NANOS}. */
  void forgetPassing(long nowNanos) {
    byIdentity
        .values()
        .removeIf(peer -> peer.isPassing() && nowNanos - peer.lastStreamNanos >= PASSING_NANOS);
  }

  PeerAdmission admit(PeerInfo newcomer, String fingerprint) {
    String who = "the newcomer " + newcomer.name() + " (" + newcomer.identity() + ")";
    if (!newcomer.identity().block().equals(config.block())) {
      return new PeerAdmission.Refused(
          HostRouteCodec.OUTSIDE_BLOCK, who + " is not of the block " + config.block());
    }
    String self = "this node " + config.name() + " (" + config.identity() + ")";
    if (newcomer.identity().equals(config.identity())) {
      return new PeerAdmission.Refused(
          PeerAdmission.DUPLICATE_IDENTITY, who + " has the identity of " + self);
    }
    if (newcomer.name().equals(config.name())) {
      return new PeerAdmission.Refused(
          PeerAdmission.DUPLICATE_NAME, who + " has the name of " + self);
    }
    int live = 0;
    for (Peer peer : byIdentity.values()) {
      if (!peer.isLive()) {
        continue;
      }
      live++;
      boolean sameIdentity = peer.info.identity().equals(newcomer.identity());
      boolean sameName = peer.info.name().equals(newcomer.name());
      boolean same = sameIdentity && sameName && peer.fingerprint.equals(fingerprint);
      if ((sameIdentity || sameName) && !same) {
        return new PeerAdmission.Refused(
            sameIdentity ? PeerAdmission.DUPLICATE_IDENTITY : PeerAdmission.DUPLICATE_NAME,
            who
                + (sameIdentity ? " has the identity of " : " has the name of ")
                + peer.info.name()
                + " ("
                + peer.info.identity()
                + "), which is live and has another certificate");
      }
    }
    Peer known = byIdentity.get(newcomer.identity());
    if (live >= config.limits().peers() && (known == null || !known.isLive())) {
      return new PeerAdmission.Refused(
          PeerAdmission.TOO_MANY_PEERS, who + " is one peer more than " + live);
    }
    return new PeerAdmission.Admitted();
  }
}

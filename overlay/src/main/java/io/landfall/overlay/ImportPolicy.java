package io.landfall.overlay;

import io.landfall.bgp.LargeCommunity;
import io.landfall.bgp.Nlri;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The import policy: what of an UPDATE gets into the table.
 *
 * <p>The codec has already seen to it that every prefix is a host of the block. Here the attributes
 * are judged once for the whole message (who originated this, and may the peer send it), then each
 * host (may that node originate it). What is refused is counted by rule and the session stays up; a
 * refused announcement still replaces what the peer sent before of the same path (RFC 4271 section
 * 3.1), so the earlier path goes.
 *
 * <p>A node originates its own routes: from {@link PeerInfo.Relation#MESH} and {@link
 * PeerInfo.Relation#CLIENT} peers, next hop and originator are the peer. Through a reflector the
 * next hop must be the identity that ORIGINATOR_ID names, and that of a known node.
 */
final class ImportPolicy {
  private final OverlaySettings config;
  private final Block block;
  private final int ownOffset;
  private final int ownIdentifier;
  private final Peers peers;
  private final Rib rib;
  private final Listener listener;

  /** Receives what is not in the table. */
  interface Listener {
    /** A refusal, with how often the rule has refused that peer by now. */
    void refused(Peer peer, Object what, String rule, long count);

    /**
     * A peer advertises where it is reached itself, or, if it may send routes of others, where a
     * node is.
     */
    default void nodeLearned(HostAddress node, NodeEndpoint endpoint, HostAddress from) {}

    /** A node of the mesh names other places than before at which other nodes are. */
    default void placesNamed(HostAddress from, List<NodeEndpoint> places) {}
  }

  ImportPolicy(OverlaySettings config, Peers peers, Rib rib, Listener listener) {
    this.config = config;
    this.block = config.block();
    this.ownOffset = config.identity().offset();
    this.ownIdentifier = BgpIdentifier.of(config.identity());
    this.peers = peers;
    this.rib = rib;
    this.listener = listener;
  }

  /** Takes one UPDATE of an Established peer. */
  void take(Peer peer, Source source, UpdateMessage<HostAddress> update, long nowNanos) {
    peer.updatesReceived++;
    peer.withdrawalsReceived += update.withdrawn().size();
    peer.announcementsReceived += update.announced().size();
    for (UpdateMessage.Refusal refusal : update.refused()) {
      refuse(peer, refusal.what(), refusal.rule(), nowNanos);
      if (refusal.kind() == UpdateMessage.Refusal.Kind.PREFIX) {
        peer.refusals.routes().add(refusal.what(), refusal.rule(), nowNanos);
      } else {
        peer.refusals.countSubject(refusal.rule(), refusal.subject());
      }
    }
    List<Nlri<HostAddress>> withdrawn = update.withdrawn();
    for (int i = 0; i < withdrawn.size(); i++) {
      Nlri<HostAddress> route = withdrawn.get(i);
      rib.withdraw(source, route.prefix().offset(), route.pathId());
      peer.refusals.routes().forget(route);
    }
    listenForPlaces(peer, source, withdrawn, List.of());
    if (update.attributes().isPresent() && !update.announced().isEmpty()) {
      announced(peer, source, update.attributes().get(), update.announced(), nowNanos);
    }
  }

  private void announced(
      Peer peer,
      Source source,
      PathAttributes attributes,
      List<Nlri<HostAddress>> routes,
      long nowNanos) {
    int nextHopOffset = nextHopOffset(attributes);
    ImportRule rule = judge(peer.info, attributes, nextHopOffset);
    // Of an unknown node only those that may send routes of others send one: the rule before this
    // one sees
    // to it.
    if (rule == null || rule == ImportRule.NEXT_HOP_NOT_A_NODE) {
      listenForEndpoint(peer, attributes, routes, nextHopOffset);
    }
    listenForPlaces(
        peer, source, routes, rule == null ? attributes.communities().large() : List.of());
    if (rule == null && repeatsDirectRoute(peer, source, nextHopOffset)) {
      for (Nlri<HostAddress> route : routes) {
        rib.withdraw(source, route.prefix().offset(), route.pathId());
      }
      return;
    }
    if (rule != null) {
      refuseAll(peer, source, attributes, routes, rule, nowNanos);
      return;
    }
    HostAddress origin = block.host(nextHopOffset);
    int originator = attributes.reflection().originatorId().orElse(source.identifier);
    AttributeSet set = rib.intern(source, attributes, origin, originator);
    if (source.isOverAttributeLimit()) {
      // What these routes had goes in any case, and may make the room that they need.
      for (Nlri<HostAddress> route : routes) {
        rib.withdraw(source, route.prefix().offset(), route.pathId());
      }
      if (source.isOverAttributeLimit()) {
        source.refusedOne();
        rib.done(set);
        refuseAll(peer, source, attributes, routes, ImportRule.OVER_ATTRIBUTE_BYTES, nowNanos);
        return;
      }
    }
    // Held while the loop runs: replacing the last path that has it must not drop it.
    set.references++;
    for (int i = 0; i < routes.size(); i++) {
      Nlri<HostAddress> route = routes.get(i);
      ImportRule broken = judge(origin, route.prefix());
      if (broken == null) {
        broken = rib.announce(source, route.prefix(), route.pathId(), set, nowNanos);
      }
      if (broken != null) {
        refuse(peer, source, route, broken, nowNanos);
        peer.refusals.routes().add(route, broken.label(), attributes, nowNanos);
      } else {
        peer.refusals.routes().forget(route);
      }
    }
    set.references--;
    rib.done(set);
  }

  private void refuseAll(
      Peer peer,
      Source source,
      PathAttributes attributes,
      List<Nlri<HostAddress>> routes,
      ImportRule rule,
      long nowNanos) {
    for (Nlri<HostAddress> route : routes) {
      refuse(peer, source, route, rule, nowNanos);
      peer.refusals.routes().add(route, rule.label(), attributes, nowNanos);
    }
  }

  /** An identity's route may carry where its node is reached, whether or not it is known yet. */
  private void listenForEndpoint(
      Peer peer, PathAttributes attributes, List<Nlri<HostAddress>> routes, int nextHopOffset) {
    if (attributes.communities().large().isEmpty()) {
      return;
    }
    HostAddress from = peer.info.identity();
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).prefix().offset() == nextHopOffset) {
        NodeEndpoint.in(attributes.communities().large(), config.asn())
            .ifPresent(endpoint -> listener.nodeLearned(block.host(nextHopOffset), endpoint, from));
        return;
      }
    }
  }

  /** The route of a peer's own identity names places, and is its only word on them. */
  private void listenForPlaces(
      Peer peer, Source source, List<Nlri<HostAddress>> routes, List<LargeCommunity> communities) {
    if (peer.info.relation() != PeerInfo.Relation.MESH
        || (communities.isEmpty() && source.namedPlaces.isEmpty())) {
      return;
    }
    HostAddress from = peer.info.identity();
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i).prefix().offset() == from.offset()) {
        List<NodeEndpoint> places = NamedPlaces.in(communities, config.asn());
        if (!places.equals(source.namedPlaces)) {
          source.namedPlaces = places;
          listener.placesNamed(from, places);
        }
        return;
      }
    }
  }

  /**
   * Whether this node reflects, and receives the originator itself: then what another reflector
   * sends of it is the same thing a hop later. Without this rule n reflectors would send each
   * client of each route n times n times.
   */
  private boolean repeatsDirectRoute(Peer peer, Source source, int origin) {
    return peer.info.relation() == PeerInfo.Relation.REFLECTOR
        && isReceivedDirectly(source, origin);
  }

  private boolean isReceivedDirectly(Source source, int origin) {
    return config.reflector()
        && origin != source.identity.offset()
        && peers.hasSentAllRoutes(block.host(origin));
  }

  private int nextHopOffset(PathAttributes attributes) {
    return attributes.nextHop().map(hop -> block.offsetOf(hop.getAddress())).orElse(-1);
  }

  /** What all routes of a message share; null when nothing is wrong with it. */
  private @Nullable ImportRule judge(PeerInfo peer, PathAttributes attributes, int nextHopOffset) {
    if (attributes.nextHop().isEmpty()) {
      return ImportRule.NEXT_HOP_MISSING;
    }
    if (nextHopOffset < 0) {
      return ImportRule.NEXT_HOP_OUTSIDE_BLOCK;
    }
    if (nextHopOffset == ownOffset
        || (attributes.reflection().originatorId().isPresent()
            && attributes.reflection().originatorId().get() == ownIdentifier)) {
      return ImportRule.ORIGINATOR_IS_ME;
    }
    if (attributes.reflection().clusterList().contains(ownIdentifier)) {
      return ImportRule.CLUSTER_LOOP;
    }
    ImportRule rule = judgeOrigin(peer, attributes, nextHopOffset);
    if (rule != null) {
      return rule;
    }
    if (!attributes.asPath().isEmpty()) {
      return ImportRule.AS_PATH_NOT_EMPTY;
    }
    int items =
        attributes.communities().standard().size()
            + attributes.communities().large().size()
            + attributes.reflection().clusterList().size();
    if (items > OverlayLimits.ATTRIBUTE_ITEMS) {
      return ImportRule.ATTRIBUTES_TOO_LONG;
    }
    // A reflector that keeps routes of nodes that are gone (RFC 9494) marks them; an old truth is
    // none.
    return attributes.communities().standard().contains(PathAttributes.LLGR_STALE)
        ? ImportRule.STALE
        : null;
  }

  /** Whether the peer may send that the node at the next hop originated this. */
  private @Nullable ImportRule judgeOrigin(
      PeerInfo peer, PathAttributes attributes, int nextHopOffset) {
    boolean ofPeer = nextHopOffset == peer.identity().offset();
    if (!peer.relation().speaksForOthers()) {
      if (!ofPeer) {
        return ImportRule.NEXT_HOP_NOT_PEER;
      }
      boolean peerOriginated =
          attributes.reflection().originatorId().isEmpty()
              || attributes.reflection().originatorId().get() == BgpIdentifier.of(peer.identity());
      return peerOriginated ? null : ImportRule.ORIGINATOR_NOT_PEER;
    }
    if (attributes.reflection().originatorId().isPresent()) {
      if (BgpIdentifier.offsetOf(block, attributes.reflection().originatorId().get())
          != nextHopOffset) {
        return ImportRule.NEXT_HOP_NOT_ORIGINATOR;
      }
    } else if (peer.relation() == PeerInfo.Relation.REFLECTOR && !ofPeer) {
      return ImportRule.NEXT_HOP_NOT_PEER;
    }
    return ofPeer || peers.isNode(block.host(nextHopOffset))
        ? null
        : ImportRule.NEXT_HOP_NOT_A_NODE;
  }

  /** Whether a node may originate a host: its own identity, or a service it is entitled to. */
  private @Nullable ImportRule judge(HostAddress origin, HostAddress host) {
    if (host.offset() == ownOffset) {
      return ImportRule.OWN_IDENTITY;
    }
    if (host.offset() == origin.offset()) {
      return null;
    }
    if (peers.isNode(host)) {
      return ImportRule.OTHER_IDENTITY;
    }
    return peers.isEntitled(origin, host) ? null : ImportRule.NOT_ENTITLED;
  }

  /**
   * Whether a path that was taken may stay: which peer sends what may have changed since, and so
   * may which nodes this one has sessions with.
   */
  boolean mayStay(Path path, boolean ofReflector) {
    HostAddress origin = path.attributes.nextHop;
    return judge(origin, path.host.address) == null
        && isKnown(path.from, origin)
        && !(ofReflector && isReceivedDirectly(path.from, origin.offset()));
  }

  private boolean isKnown(Source source, HostAddress origin) {
    return origin.equals(source.identity) || peers.isNode(origin);
  }

  private void refuse(
      Peer peer, Source source, Nlri<HostAddress> route, ImportRule rule, long nowNanos) {
    rib.withdraw(source, route.prefix().offset(), route.pathId());
    refuse(peer, route.prefix(), rule.label(), nowNanos);
  }

  private void refuse(Peer peer, Object what, String rule, long nowNanos) {
    listener.refused(peer, what, rule, peer.refusals.add(what, rule, nowNanos));
  }

  @Override
  public String toString() {
    return "import policy of " + config.name();
  }
}

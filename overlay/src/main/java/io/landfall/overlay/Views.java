package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.RouteView.PathView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds what people and the decision's view are shown, from the live state. */
final class Views {
  private final Rib rib;
  private final Peers peers;
  private final NextHops nextHops;

  Views(Rib rib, Peers peers, NextHops nextHops) {
    this.rib = rib;
    this.peers = peers;
    this.nextHops = nextHops;
  }

  List<RouteView> routes() {
    List<RouteView> routes = new ArrayList<>();
    rib.forEachHost(host -> routes.add(route(host)));
    return routes;
  }

  Optional<RouteView> route(HostAddress address) {
    Host host = rib.host(address.offset());
    return host == null || host.livePaths == 0 ? Optional.empty() : Optional.of(route(host));
  }

  /**
   * The nodes that advertise a host, one path of each: several reflectors tell of one node, and the
   * best of its paths speaks for it. In no order that means anything.
   */
  List<Offer> offers(HostAddress address) {
    Host host = rib.host(address.offset());
    if (host == null || host.livePaths == 0) {
      return List.of();
    }
    Map<Integer, Path> best = new LinkedHashMap<>();
    for (Path path = host.first; path != null; path = path.nextOfHost) {
      best.merge(
          path.attributes.nextHop.offset(),
          path,
          (a, b) -> BestPath.compare(a, b, nextHops) <= 0 ? a : b);
    }
    List<Offer> offers = new ArrayList<>(best.size());
    for (Path path : best.values()) {
      AttributeSet attributes = path.attributes;
      offers.add(
          new Offer(
              attributes.nextHop,
              attributes.signal,
              attributes.tier,
              attributes.cost,
              nextHops.isUsable(attributes.nextHop.offset())));
    }
    return offers;
  }

  private RouteView route(Host host) {
    List<Path> inOrder = BestPath.inOrder(host, nextHops);
    List<PathView> paths = new ArrayList<>(inOrder.size());
    for (Path path : inOrder) {
      paths.add(path(path, paths.isEmpty()));
    }
    return new RouteView(host.address, isNodeIdentity(host), paths);
  }

  /** Whether a node says that this is itself. */
  boolean isNodeIdentity(Host host) {
    for (Path path = host.first; path != null; path = path.nextOfHost) {
      if (path.attributes.nextHop.offset() == host.address.offset()) {
        return true;
      }
    }
    return false;
  }

  PathView path(Path path, boolean first) {
    AttributeSet attributes = path.attributes;
    boolean usable = nextHops.isUsable(attributes.nextHop.offset());
    return new PathView(
        attributes.nextHop,
        from(path),
        path.pathId,
        first && usable,
        usable,
        attributes.signal,
        attributes.tier,
        attributes.cost,
        attributes.clusterListLength(),
        path.learnedAtNanos);
  }

  private Optional<NodeName> from(Path path) {
    return path.from.local
        ? Optional.empty()
        : Optional.ofNullable(peers.get(path.from.identity)).map(peer -> peer.info.name());
  }

  List<PeerView> peers() {
    List<PeerView> views = new ArrayList<>();
    for (Peer peer : peers.all()) {
      views.add(peer.view());
    }
    return views;
  }

  List<RefusedView> refused() {
    List<RefusedView> views = new ArrayList<>();
    for (Peer peer : peers.all()) {
      if (peer.refusals.total() > 0) {
        views.add(
            new RefusedView(
                peer.info,
                peer.refusals.rules(),
                peer.refusals.subjects(),
                peer.refusals.recent(),
                peer.refusals.routes().list()));
      }
    }
    return views;
  }
}

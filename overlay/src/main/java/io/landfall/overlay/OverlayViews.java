package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.RouteView.PathView;
import io.landfall.overlay.RouteView.Standing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Builds what people and the decision's view are shown, from the live state. */
final class OverlayViews {
  private final Rib rib;
  private final Peers peers;
  private final UsableNextHops nextHops;

  OverlayViews(Rib rib, Peers peers, UsableNextHops nextHops) {
    this.rib = rib;
    this.peers = peers;
    this.nextHops = nextHops;
  }

  /** Paths in one slice; one host may go beyond it. */
  static final int SLICE_PATHS = 1_024;

  List<RouteView> routes() {
    List<RouteView> routes = new ArrayList<>();
    rib.forEachHost(host -> route(host, Integer.MAX_VALUE).ifPresent(routes::add));
    return routes;
  }

  OptionalInt someRoutes(int fromOffset, Consumer<RouteView> to) {
    return rib.forSomeHosts(
        fromOffset, SLICE_PATHS, host -> route(host, Integer.MAX_VALUE).ifPresent(to));
  }

  /**
   * The nodes that advertise a host, one path of each: several reflectors advertise one node, and
   * the best of its paths counts. In no order that means anything.
   */
  List<ServicePath> offers(HostAddress address) {
    Host host = rib.host(address.offset());
    if (host == null || host.livePaths == 0) {
      return List.of();
    }
    Map<Integer, Path> best = new LinkedHashMap<>();
    for (Path path : host.inOrder(nextHops)) {
      best.putIfAbsent(path.attributes.nextHop.offset(), path);
    }
    List<ServicePath> offers = new ArrayList<>(best.size());
    for (Path path : best.values()) {
      AttributeSet attributes = path.attributes;
      offers.add(
          new ServicePath(
              attributes.nextHop,
              attributes.signal,
              attributes.tier,
              attributes.cost,
              nextHops.isUsable(attributes.nextHop.offset()),
              nextHops.isPathDeadAlone(attributes.nextHop.offset())));
    }
    return offers;
  }

  Optional<RouteView> route(HostAddress address) {
    return route(address, Integer.MAX_VALUE);
  }

  /** The route to a host with so many of its paths at most, the preferred ones. */
  Optional<RouteView> route(HostAddress address, int mostPaths) {
    Host host = rib.host(address.offset());
    return host == null ? Optional.empty() : route(host, mostPaths);
  }

  /** Empty when there is no route, only paths that are about to leave the table. */
  private Optional<RouteView> route(Host host, int mostPaths) {
    List<PathView> paths = new ArrayList<>(Math.min(mostPaths, host.livePaths));
    boolean nodeIdentity = false;
    for (Path path : host.inOrder(nextHops)) {
      if (paths.size() == mostPaths) {
        break;
      }
      nodeIdentity |= isByItself(path);
      paths.add(path(path, paths.isEmpty()));
    }
    return paths.isEmpty()
        ? Optional.empty()
        : Optional.of(new RouteView(host.address, nodeIdentity, paths));
  }

  /** Whether a node originates this as its identity. */
  boolean isNodeIdentity(Host host) {
    for (Path path = host.first; path != null; path = path.nextOfHost) {
      if (isByItself(path) && path.isValid()) {
        return true;
      }
    }
    return false;
  }

  private static boolean isByItself(Path path) {
    return path.attributes.nextHop.offset() == path.host.address.offset();
  }

  PathView path(Path path, boolean first) {
    AttributeSet attributes = path.attributes;
    Standing ofUsable = first ? Standing.BEST : Standing.USABLE;
    Standing standing =
        nextHops.isUsable(attributes.nextHop.offset()) ? ofUsable : Standing.UNUSABLE;
    return new PathView(
        attributes.nextHop,
        new RouteView.Learned(
            from(path), path.pathId, attributes.clusterListLength(), path.learnedAtNanos),
        standing,
        attributes.signal,
        attributes.tier,
        attributes.cost);
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

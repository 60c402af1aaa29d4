package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.overlay.RouteDetail.PathDetail;
import io.landfall.overlay.RouteDetail.Rank;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an operator looks at beyond the short views: a route or a peer with everything known of it,
 * and, while a listener is set, every change as it happens. Nothing here changes the overlay.
 *
 * <p>To show what a route was before, it keeps the last view of every host, as many as the table
 * has. That costs memory and one walk over the table when the watch begins, in slices, and nothing
 * at all without a watcher.
 */
public final class RouteQueries {
  private static final int ALL_SEEN = Integer.MAX_VALUE;

  private final Rib rib;
  private final Peers peers;
  private final UsableNextHops nextHops;
  private final OverlayViews views;
  private @Nullable OverlayListener watcher;

  /** Hosts from this offset on were not seen yet since the watch began. */
  private int unseenFrom = ALL_SEEN;

  /** By offset. */
  private final Map<Integer, RouteView> lastSeen = new TreeMap<>();

  RouteQueries(Rib rib, Peers peers, UsableNextHops nextHops, OverlayViews views) {
    this.rib = rib;
    this.peers = peers;
    this.nextHops = nextHops;
    this.views = views;
  }

  /**
   * The most paths of a host that a watcher gets, the preferred ones: what differs behind them
   * alone is not reported.
   */
  public static final int MONITORED_PATHS = 64;

  /**
   * Some routes, ordered by address, for readers of the table in slices.
   *
   * @param fromOffset where the slice begins: 0, or what the one before returned
   * @return where the next one begins; empty at the end
   */
  public OptionalInt someRoutes(int fromOffset, Consumer<RouteDetail> to) {
    return rib.forSomeHosts(
        fromOffset, OverlayViews.SLICE_PATHS, host -> detail(host).ifPresent(to));
  }

  /** Every route, ordered by address. */
  public List<RouteDetail> routes() {
    List<RouteDetail> routes = new ArrayList<>();
    rib.forEachHost(host -> detail(host).ifPresent(routes::add));
    return routes;
  }

  /** The route to one host, empty when there is none. */
  public Optional<RouteDetail> route(HostAddress address) {
    Host host = rib.host(address.offset());
    return host == null ? Optional.empty() : detail(host);
  }

  /** How many paths to a host are in the table: what looking at it costs. */
  public int pathCount(HostAddress address) {
    Host host = rib.host(address.offset());
    return host == null ? 0 : host.livePaths;
  }

  private Optional<RouteDetail> detail(Host host) {
    List<Path> inOrder = BestPath.inOrder(host, nextHops);
    if (inOrder.isEmpty()) {
      return Optional.empty();
    }
    List<PathDetail> paths = new ArrayList<>(inOrder.size());
    for (int i = 0; i < inOrder.size(); i++) {
      Path path = inOrder.get(i);
      paths.add(
          new PathDetail(
              views.path(path, i == 0),
              path.from.identity,
              path.attributes.originator,
              path.attributes.received,
              rank(inOrder, i)));
    }
    return Optional.of(new RouteDetail(host.address, views.isNodeIdentity(host), paths));
  }

  private Rank rank(List<Path> inOrder, int place) {
    Path path = inOrder.get(place);
    if (!nextHops.isUsable(path.attributes.nextHop.offset())) {
      return new Rank(
          DecisionStep.NEXT_HOP_USABLE,
          "not usable: no live adjacency with its next hop " + path.attributes.nextHop);
    }
    if (inOrder.size() == 1) {
      return new Rank(DecisionStep.NEXT_HOP_USABLE, "best: the only path");
    }
    Path other = inOrder.get(place == 0 ? 1 : 0);
    DecisionStep step = DecisionStep.between(path, other, nextHops);
    if (step == DecisionStep.NEXT_HOP_USABLE) {
      return new Rank(step, "best: the only path with a usable next hop");
    }
    String better = step.value(place == 0 ? path : other);
    String worse = step.value(place == 0 ? other : path);
    return new Rank(
        step,
        place == 0
            ? "best by " + step.words() + ": " + better + ", the second has " + worse
            : "not best: " + step.words() + " wins; the best has " + better + ", this " + worse);
  }

  /** Every peer, live or remembered, ordered by identity. */
  public List<PeerDetail> peers() {
    List<PeerDetail> details = new ArrayList<>();
    for (Peer peer : peers.all()) {
      details.add(
          new PeerDetail(peer.view(), SessionDetail.of(peer.session), peer.refusals.subjects()));
    }
    return details;
  }

  /**
   * Gives the listener everything from now on; there is one at a time. The table is looked at in
   * slices, of which steps of the overlay do the rest: a route is watched once its host was seen.
   */
  public void watch(OverlayListener newWatcher) {
    lastSeen.clear();
    watcher = newWatcher;
    unseenFrom = 0;
    seeSome();
  }

  /** Whether hosts of the table are still to be seen for the first time. */
  boolean hasMore() {
    return watcher != null && unseenFrom != ALL_SEEN;
  }

  /** Looks at some of them. */
  void goOn() {
    if (hasMore()) {
      seeSome();
    }
  }

  private void seeSome() {
    unseenFrom =
        rib.forSomeHosts(
                unseenFrom,
                OverlayViews.SLICE_PATHS,
                host ->
                    views
                        .route(host.address, MONITORED_PATHS)
                        .ifPresent(route -> lastSeen.put(host.address.offset(), route)))
            .orElse(ALL_SEEN);
  }

  /** Ends it, and forgets what was kept for it. */
  public void unwatch() {
    watcher = null;
    lastSeen.clear();
  }

  void changed(int[] offsets, OverlayEffect.Cause cause, Optional<NodeName> peer) {
    OverlayListener watching = watcher;
    if (watching == null) {
      return;
    }
    for (int offset : offsets) {
      if (offset >= unseenFrom) {
        continue;
      }
      HostAddress address = rib.addressOf(offset);
      Optional<RouteView> after = views.route(address, MONITORED_PATHS);
      Optional<RouteView> before =
          Optional.ofNullable(
              after.isPresent() ? lastSeen.put(offset, after.get()) : lastSeen.remove(offset));
      if (!before.equals(after)) {
        watching.routeChanged(new OverlayListener.RouteChange(address, cause, peer, before, after));
      }
    }
  }

  void peerUp(PeerInfo peer) {
    OverlayListener watching = watcher;
    if (watching != null) {
      watching.peerUp(peer);
    }
  }

  void peerDown(PeerInfo peer, DownReason reason) {
    OverlayListener watching = watcher;
    if (watching != null) {
      watching.peerDown(peer, reason);
    }
  }

  void refused(PeerInfo peer, Object what, String rule, long count) {
    OverlayListener watching = watcher;
    if (watching != null) {
      watching.refused(peer, what.toString(), rule, count);
    }
  }
}

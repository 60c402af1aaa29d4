package io.landfall.node;

import io.landfall.core.NodeName;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RouteView;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many routes of the table came from whom, counted in one walk, so that the numbers of a
 * thousand peers cost no more than those of one.
 */
final class TableCensus {
  /** What one peer advertised. */
  private static final class Advertised {
    long paths;
    long preferred;

    /** Hosts of which no other peer advertised a path. */
    long alone;
  }

  private final Map<NodeName, Advertised> byPeer = new HashMap<>();
  private long hosts;
  private long ownPaths;
  private long allPaths;

  /** Counts one host of the table. */
  void add(RouteView route) {
    hosts++;
    boolean own = false;
    TreeMap<NodeName, Advertised> senders = new TreeMap<>();
    for (RouteView.PathView path : route.paths()) {
      allPaths++;
      if (path.learned().from().isEmpty()) {
        own = true;
        ownPaths++;
        continue;
      }
      Advertised advertised =
          byPeer.computeIfAbsent(path.learned().from().get(), name -> new Advertised());
      senders.put(path.learned().from().get(), advertised);
      advertised.paths++;
      advertised.preferred += path.best() ? 1 : 0;
    }
    if (!own && senders.size() == 1) {
      senders.firstEntry().getValue().alone++;
    }
  }

  /** How many best paths of the table came from a peer. */
  long preferred(NodeName peer) {
    Advertised advertised = byPeer.get(peer);
    return advertised == null ? 0 : advertised.preferred;
  }

  /**
   * How many routes are advertised to a peer now: paths, or hosts where it takes one of each.
   *
   * @param reflector whether this node reflects at all
   * @param addPath whether the peer takes several paths of a host
   * @param peers every peer, since RFC 4456 asks what the sender is too
   */
  long exported(PeerView to, boolean reflector, boolean addPath, Collection<PeerView> peers) {
    if (!reflector) {
      return ownPaths;
    }
    Advertised own = byPeer.getOrDefault(to.info().name(), new Advertised());
    if (to.info().relation().isClient()) {
      return addPath ? allPaths - own.paths : hosts - own.alone;
    }
    long paths = ownPaths;
    for (PeerView from : peers) {
      Advertised advertised = byPeer.get(from.info().name());
      if (advertised != null
          && from.info().relation().isClient()
          && !from.info().equals(to.info())) {
        paths += advertised.paths;
      }
    }
    return addPath ? paths : Math.min(paths, hosts - own.alone);
  }
}

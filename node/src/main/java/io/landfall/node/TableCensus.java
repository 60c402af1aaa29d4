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
  private static final class Told {
    long paths;
    long preferred;

    /** Hosts of which no other peer advertised a path. */
    long alone;
  }

  private final Map<NodeName, Told> byPeer = new HashMap<>();
  private long hosts;
  private long ownPaths;
  private long allPaths;

  /** Counts one host of the table. */
  void add(RouteView route) {
    hosts++;
    boolean own = false;
    TreeMap<NodeName, Told> tellers = new TreeMap<>();
    for (RouteView.PathView path : route.paths()) {
      allPaths++;
      if (path.learned().from().isEmpty()) {
        own = true;
        ownPaths++;
        continue;
      }
      Told told = byPeer.computeIfAbsent(path.learned().from().get(), name -> new Told());
      tellers.put(path.learned().from().get(), told);
      told.paths++;
      told.preferred += path.best() ? 1 : 0;
    }
    if (!own && tellers.size() == 1) {
      tellers.firstEntry().getValue().alone++;
    }
  }

  /** How many best paths of the table came from a peer. */
  long preferred(NodeName peer) {
    Told told = byPeer.get(peer);
    return told == null ? 0 : told.preferred;
  }

  /**
   * How many routes are advertised to a peer now: paths, or hosts where it takes one of each.
   *
   * @param reflector whether this node reflects at all
   * @param addPath whether the peer takes several paths of a host
   * @param peers every peer, since RFC 4456 asks what the teller is too
   */
  long exported(PeerView to, boolean reflector, boolean addPath, Collection<PeerView> peers) {
    if (!reflector) {
      return ownPaths;
    }
    Told own = byPeer.getOrDefault(to.info().name(), new Told());
    if (to.info().relation().isClient()) {
      return addPath ? allPaths - own.paths : hosts - own.alone;
    }
    long paths = ownPaths;
    for (PeerView from : peers) {
      Told told = byPeer.get(from.info().name());
      if (told != null && from.info().relation().isClient() && !from.info().equals(to.info())) {
        paths += told.paths;
      }
    }
    return addPath ? paths : Math.min(paths, hosts - own.alone);
  }
}

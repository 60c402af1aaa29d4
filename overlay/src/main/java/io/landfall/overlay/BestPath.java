package io.landfall.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which path of a host is preferred: a total order over what is in the table, so that the answer
 * never depends on what arrived first.
 *
 * <p>RFC 4271 section 9.1.2.2 with what can differ inside one AS of host routes: a usable next hop
 * (9.1.2.1), LOCAL_PREF, MED as the tier, the configured cost of the next hop in place of the
 * interior cost, the shorter CLUSTER_LIST and the lowest ORIGINATOR_ID (RFC 4456 section 9). What
 * follows only makes the order total: next hop, who sent it, path identifier.
 */
final class BestPath {
  private BestPath() {}

  /** Negative when the first path is preferred. */
  static int compare(Path a, Path b, UsableNextHops nextHops) {
    int c =
        Boolean.compare(
            nextHops.isUsable(b.attributes.nextHop.offset()),
            nextHops.isUsable(a.attributes.nextHop.offset()));
    return c != 0 ? c : compareUsable(a, b);
  }

  /** The same of paths whose next hops are both usable, or both not. */
  static int compareUsable(Path a, Path b) {
    AttributeSet x = a.attributes;
    AttributeSet y = b.attributes;
    int c = Long.compare(y.localPref, x.localPref);
    c = c != 0 ? c : Long.compare(x.tier, y.tier);
    c = c != 0 ? c : Integer.compare(x.cost, y.cost);
    c = c != 0 ? c : Integer.compare(x.clusterListLength(), y.clusterListLength());
    c = c != 0 ? c : Integer.compareUnsigned(x.originator, y.originator);
    c = c != 0 ? c : Integer.compare(x.nextHop.offset(), y.nextHop.offset());
    c = c != 0 ? c : a.from.identity.compareTo(b.from.identity);
    return c != 0 ? c : Integer.compareUnsigned(a.pathId, b.pathId);
  }

  /** The preferred path among those that a test lets through. */
  static @Nullable Path best(Host host, UsableNextHops nextHops, Predicate<Path> test) {
    if (host.livePaths >= Host.KEPT_ORDER) {
      for (Path path : host.inOrder(nextHops)) {
        if (test.test(path)) {
          return path;
        }
      }
      return null;
    }
    Path best = null;
    for (Path path = host.first; path != null; path = path.nextOfHost) {
      if (path.isValid()
          && test.test(path)
          && (best == null || compare(path, best, nextHops) < 0)) {
        best = path;
      }
    }
    return best;
  }

  /** All paths of a host, the preferred first. */
  static List<Path> inOrder(Host host, UsableNextHops nextHops) {
    List<Path> paths = new ArrayList<>(host.livePaths);
    for (Path path : host.inOrder(nextHops)) {
      paths.add(path);
    }
    return paths;
  }
}

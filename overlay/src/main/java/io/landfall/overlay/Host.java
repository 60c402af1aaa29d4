package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One destination in the table, with the list of its live paths in no particular order. Where there
 * are many, their order of preference is kept once it was asked for, so that a path that comes,
 * goes or changes costs a logarithm of how many there are and not all of them.
 */
final class Host {
  /** With fewer paths an order is made when it is asked for, and not kept. */
  static final int KEPT_ORDER = 32;

  final HostAddress address;
  @Nullable Path first;
  int livePaths;

  /** Paths whose withdrawal is still to be told; they keep the host in the table. */
  int withdrawnPaths;

  /** The change set that this host is already part of. */
  long changedIn;

  /** The drain that has already looked at this host. */
  long visitedIn;

  Host(HostAddress address) {
    this.address = address;
  }

  boolean isEmpty() {
    return livePaths == 0 && withdrawnPaths == 0;
  }

  private @Nullable SortedSet<Path> order;
  private @Nullable NextHops orderOf;
  private long orderVersion;

  /** Its live paths, the preferred first; not to be kept beyond the next change. */
  Iterable<Path> inOrder(NextHops nextHops) {
    if (livePaths < KEPT_ORDER) {
      List<Path> paths = paths();
      paths.sort((a, b) -> BestPath.compare(a, b, nextHops));
      return paths;
    }
    SortedSet<Path> kept = keptOrder();
    if (kept == null) {
      kept = new TreeSet<>((a, b) -> BestPath.compare(a, b, nextHops));
      kept.addAll(paths());
      order = kept;
      orderOf = nextHops;
      orderVersion = nextHops.version();
    }
    return kept;
  }

  /** The order that is kept; null when there is none, or next hops have changed since. */
  private @Nullable SortedSet<Path> keptOrder() {
    if (order != null && (orderOf == null || orderOf.version() != orderVersion)) {
      order = null;
    }
    return order;
  }

  /** Gives a path of this host other attributes, which give it another place. */
  void change(Path path, AttributeSet attributes) {
    SortedSet<Path> kept = keptOrder();
    if (kept != null) {
      kept.remove(path);
    }
    path.attributes = attributes;
    if (kept != null) {
      kept.add(path);
    }
  }

  /** Its live paths at this moment. */
  List<Path> paths() {
    List<Path> paths = new ArrayList<>(livePaths);
    for (Path path = first; path != null; path = path.nextOfHost) {
      paths.add(path);
    }
    return paths;
  }

  void link(Path path) {
    Path head = first;
    path.nextOfHost = head;
    path.previousOfHost = null;
    if (head != null) {
      head.previousOfHost = path;
    }
    first = path;
    livePaths++;
    SortedSet<Path> kept = keptOrder();
    if (kept != null) {
      kept.add(path);
    }
  }

  void unlink(Path path) {
    SortedSet<Path> kept = keptOrder();
    if (kept != null) {
      kept.remove(path);
    }
    Path before = path.previousOfHost;
    Path after = path.nextOfHost;
    if (before == null) {
      first = after;
    } else {
      before.nextOfHost = after;
    }
    if (after != null) {
      after.previousOfHost = before;
    }
    path.nextOfHost = null;
    path.previousOfHost = null;
    livePaths--;
    if (livePaths < KEPT_ORDER / 2) {
      order = null;
    }
  }
}

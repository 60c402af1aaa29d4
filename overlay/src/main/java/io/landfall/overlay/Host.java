package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One destination in the table, with the list of its paths in no particular order. Where there are
 * many, their order of preference is kept once it was asked for, so that a path that comes, goes or
 * changes costs a logarithm of how many there are and not all of them. To make it costs as much as
 * the paths that a host may have ({@link OverlayLimits}), once; a reflector that passes all paths
 * on never asks.
 */
final class Host {
  /** With fewer paths an order is made when it is asked for. */
  static final int KEPT_ORDER = 32;

  final HostAddress address;
  @Nullable Path first;

  /** Paths in the table; those included that are about to leave it ({@link Path#isValid}). */
  int livePaths;

  /** Paths whose withdrawal is still to be sent; they keep the host in the table. */
  int withdrawnPaths;

  /** How many paths were passed over to find the next in order: what looking costs beside them. */
  long passedOver;

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

  /**
   * Its routes, the preferred first; not to be kept beyond the next change.
   *
   * <p>What is kept is the order beyond the next hop, so a next hop that comes or goes leaves it as
   * it is: those with a usable one are gone through first, then the others.
   */
  Iterable<Path> inOrder(UsableNextHops nextHops) {
    if (livePaths < KEPT_ORDER) {
      List<Path> paths = routes();
      paths.sort((a, b) -> BestPath.compare(a, b, nextHops));
      return paths;
    }
    SortedSet<Path> kept = keptOrder();
    return () -> new UsableFirst(kept, nextHops);
  }

  /** Forgets the kept order, before what it follows from changes. */
  void forgetOrder() {
    order = null;
  }

  private SortedSet<Path> keptOrder() {
    SortedSet<Path> kept = order;
    if (kept == null) {
      kept = new TreeSet<>(BestPath::compareUsable);
      for (Path path = first; path != null; path = path.nextOfHost) {
        kept.add(path);
      }
      order = kept;
    }
    return kept;
  }

  /** Goes through the kept order twice. */
  private final class UsableFirst implements Iterator<Path> {
    private final SortedSet<Path> kept;
    private final UsableNextHops nextHops;
    private Iterator<Path> at;
    private boolean usable = true;
    private @Nullable Path next;

    UsableFirst(SortedSet<Path> kept, UsableNextHops nextHops) {
      this.kept = kept;
      this.nextHops = nextHops;
      this.at = kept.iterator();
      advance();
    }

    private void advance() {
      next = null;
      while (next == null && (at.hasNext() || usable)) {
        if (!at.hasNext()) {
          usable = false;
          at = kept.iterator();
          continue;
        }
        Path path = at.next();
        if (nextHops.isUsable(path.attributes.nextHop.offset()) == usable && path.isValid()) {
          next = path;
        } else {
          passedOver++;
        }
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Path next() {
      Path path = next;
      if (path == null) {
        throw new NoSuchElementException();
      }
      advance();
      return path;
    }
  }

  /** Gives a path of this host other attributes, which give it another place. */
  void change(Path path, AttributeSet attributes) {
    SortedSet<Path> kept = order;
    if (kept != null) {
      kept.remove(path);
    }
    path.attributes = attributes;
    if (kept != null) {
      kept.add(path);
    }
  }

  /** Its routes at this moment. */
  List<Path> routes() {
    List<Path> paths = new ArrayList<>(livePaths);
    for (Path path = first; path != null; path = path.nextOfHost) {
      if (path.isValid()) {
        paths.add(path);
      }
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
    SortedSet<Path> kept = order;
    if (kept != null) {
      kept.add(path);
    }
  }

  void unlink(Path path) {
    SortedSet<Path> kept = order;
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

package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One destination in the table, with the list of its live paths in no particular order. */
final class Host {
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
  }

  void unlink(Path path) {
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
  }
}

package io.landfall.admin;

import io.landfall.core.HostAddress;
import io.landfall.core.Signal;
import java.util.List;

/**
 * One host of the overlay table, as {@code show routes} has it.
 *
 * @param address the destination
 * @param kind whether it is a node's identity or a service's
 * @param name the node's or service's name; empty text when this node has no name for it
 * @param paths the paths to it, best first
 */
public record RouteView(HostAddress address, Kind kind, String name, List<PathView> paths) {
  /** Copies the list. */
  public RouteView {
    paths = List.copyOf(paths);
  }

  /** What a host of the block stands for. */
  public enum Kind {
    /** A node's identity. */
    NODE,
    /** A service's identity. */
    SERVICE
  }

  /**
   * One path.
   *
   * @param nextHop the identity of the node it leads to
   * @param from the name of the peer that told us, or {@code local}
   * @param best whether it is the best path
   * @param tier the service's tier there
   * @param cost the configured cost of reaching the next hop
   * @param ageSeconds how long it has been as it is
   * @param signal what the service says of itself there
   */
  public record PathView(
      HostAddress nextHop,
      String from,
      boolean best,
      long tier,
      long cost,
      double ageSeconds,
      Signal signal) {}
}

package io.landfall.admin.model;

import java.util.List;

/**
 * What {@code monitor} has of a route before and after a change.
 *
 * @param paths its paths, best first
 */
public record RouteSummary(List<Path> paths) {
  /** Copies the list. */
  public RouteSummary {
    paths = List.copyOf(paths);
  }

  /**
   * One path.
   *
   * @param nextHop the identity of the node it leads to
   * @param node its name; empty text when it has none here
   * @param from the name of the peer that advertises it, or {@code local}
   * @param best whether it is the best path
   * @param usable whether requests may go there
   * @param signal the service's signal there
   * @param tier the service's tier there
   * @param cost the configured cost of reaching the next hop
   */
  public record Path(
      String nextHop,
      String node,
      String from,
      boolean best,
      boolean usable,
      String signal,
      long tier,
      long cost) {}
}

package io.landfall.overlay;

import io.landfall.bgp.PathAttributes;
import io.landfall.core.HostAddress;
import java.util.List;

/**
 * One host route with all that is known of it, for {@code show routes all}.
 *
 * @param host the destination
 * @param nodeIdentity whether a node originates it as its own identity; else it is a service
 * @param paths the paths in order of preference, the best first
 */
public record RouteDetail(HostAddress host, boolean nodeIdentity, List<PathDetail> paths) {
  /** Copies the list. */
  public RouteDetail {
    paths = List.copyOf(paths);
  }

  /**
   * One path.
   *
   * @param path what {@code show routes} has of it
   * @param fromIdentity the identity of who sent it; our own for our own routes
   * @param originator the identifier of the node that originated it
   * @param attributes as received
   * @param rank why it stands where it does
   */
  public record PathDetail(
      RouteView.PathView path,
      HostAddress fromIdentity,
      int originator,
      PathAttributes attributes,
      Rank rank) {}

  /**
   * Why a path is the best, or is not.
   *
   * @param step the step of the comparison that decided between it and the best path, or, of the
   *     best path, between it and the second; {@link DecisionStep#NEXT_HOP_USABLE} for every path
   *     that cannot be used
   * @param sentence the same for people, with the values that were compared
   */
  public record Rank(DecisionStep step, String sentence) {}
}

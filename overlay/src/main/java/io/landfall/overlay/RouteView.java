package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import java.util.List;
import java.util.Optional;

/**
 * One host route for {@code show routes}, and for the view that decisions are made from.
 *
 * @param host the destination
 * @param nodeIdentity whether a node originates it as its own identity; else it is a service
 * @param paths the paths in order of preference, the best first
 */
public record RouteView(HostAddress host, boolean nodeIdentity, List<PathView> paths) {
  /** Copies the list. */
  public RouteView {
    paths = List.copyOf(paths);
  }

  /**
   * One path.
   *
   * @param nextHop the identity of the node that originates it
   * @param learned how it came here
   * @param standing whether it is used
   * @param signal what the service reports there
   * @param tier the tier it gave itself there; lower is preferred
   * @param cost the configured cost of the next hop
   */
  public record PathView(
      HostAddress nextHop, Learned learned, Standing standing, Signal signal, long tier, int cost) {
    /** Whether it is the best path. */
    public boolean best() {
      return standing == Standing.BEST;
    }

    /** Whether the next hop's adjacency is up. */
    public boolean usable() {
      return standing != Standing.UNUSABLE;
    }
  }

  /** Whether a path is used. */
  public enum Standing {
    /** It is the best path. */
    BEST,
    /** The next hop's adjacency is up, and another path is better. */
    USABLE,
    /** The next hop's adjacency is not up. */
    UNUSABLE
  }

  /**
   * How a path came here.
   *
   * @param from the peer that it was learned from; empty when it is our own
   * @param pathId the identifier it came with (RFC 7911), unsigned
   * @param clusterListLength how many reflectors it passed
   * @param atNanos when it was learned or last changed, monotonic
   */
  public record Learned(Optional<NodeName> from, int pathId, int clusterListLength, long atNanos) {}
}

package io.landfall.admin.model;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a purge did, as {@code purge} has it.
 *
 * @param node the node that it was given
 * @param scope what kind of thing was purged, by the key of the request that named it
 * @param what which one, as it was asked for
 * @param soft whether responses became stale instead of gone
 * @param services the cached services of that node that it is about
 * @param nodes what became of it at each node of the fleet, that one first
 * @param complete whether all nodes have applied it
 * @param message all that as a sentence
 */
public record PurgeReport(
    String node,
    String scope,
    String what,
    boolean soft,
    List<String> services,
    List<Node> nodes,
    boolean complete,
    String message) {
  /** The outcome of a node that has applied it. */
  public static final String APPLIED = "applied";

  /** Copies the lists. */
  public PurgeReport {
    services = List.copyOf(services);
    nodes = List.copyOf(nodes);
  }

  /**
   * A node.
   *
   * @param node its name
   * @param outcome {@code applied}; {@code unreachable}: there is no channel to it, and it catches
   *     up when there is one; or {@code pending}: it has not answered in the time to wait
   * @param lagMillis the time until it had, in milliseconds; empty if it has not
   */
  public record Node(String node, String outcome, OptionalDouble lagMillis) {
    /** Whether it has applied it. */
    public boolean isApplied() {
      return outcome.equals(APPLIED);
    }
  }
}

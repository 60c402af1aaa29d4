package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.List;

/**
 * The purges of a fleet as one node sees them.
 *
 * @param log its own log
 * @param last the number of the last purge that it was given
 * @param kept what it keeps to give to others
 * @param hold why nothing is served from the cache; empty if it is
 * @param counts what has happened
 * @param nodes the other nodes
 */
public record PurgeFleetView(
    LogId log, long last, Kept kept, String hold, Counts counts, List<Node> nodes) {
  /** Copies the list. */
  public PurgeFleetView {
    nodes = List.copyOf(nodes);
  }

  /**
   * What is kept of all logs.
   *
   * @param entries how many purges
   * @param bytes what they count
   */
  public record Kept(int entries, long bytes) {}

  /**
   * What has happened since the start.
   *
   * @param fromOthers purges of other nodes that were applied
   * @param missed how often purges were missed for good, so that all was dropped
   * @param busy messages of other nodes that were not taken, because there were too many
   */
  public record Counts(long fromOthers, long missed, long busy) {}

  /**
   * Another node.
   *
   * @param up whether there is a channel to it
   * @param caughtUp whether this node has all that it is known to have
   * @param applied the last purge of this node that it has applied
   * @param lagNanos the age of the oldest purge of this run of this node that it has not confirmed;
   *     0 if there is none
   */
  public record Node(NodeName name, boolean up, boolean caughtUp, long applied, long lagNanos) {}
}

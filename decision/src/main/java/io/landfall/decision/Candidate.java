package io.landfall.decision;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;

/**
 * Another node that advertises a service.
 *
 * @param node the node's name
 * @param identity the node's identity, the next hop of its routes
 * @param signal what the service reports there; never {@link Signal#DOWN}
 * @param tier the tier that the service gave itself there; lower is preferred
 * @param cost the configured cost of reaching the node; lower is preferred
 * @param usable whether a request can be handed to it now: a live two-way adjacency and a known
 *     address
 * @param lastResort whether it is unusable only because the path to it is held for dead, so that it
 *     is tried before a request is declined; never both usable and this
 * @param why one sentence on why it is usable or not
 */
public record Candidate(
    NodeName node,
    HostAddress identity,
    Signal signal,
    long tier,
    long cost,
    boolean usable,
    boolean lastResort,
    String why) {
  /** A candidate that is usable, or is not to be tried at all. */
  public Candidate(
      NodeName node,
      HostAddress identity,
      Signal signal,
      long tier,
      long cost,
      boolean usable,
      String why) {
    this(node, identity, signal, tier, cost, usable, false, why);
  }
}

package io.landfall.overlay;

import io.landfall.core.HostAddress;
import io.landfall.core.Signal;

/**
 * One node that advertises a service: its best path, for the decision.
 *
 * @param nextHop the identity of the node
 * @param signal the state of the service there
 * @param tier the tier that it gave itself there; lower is preferred
 * @param cost the configured cost of the node
 * @param usable whether the node's adjacency, and the path to it, is up
 * @param pathDeadAlone whether it is unusable only because the path to it is held for dead, while
 *     its adjacency is up
 */
public record ServicePath(
    HostAddress nextHop,
    Signal signal,
    long tier,
    int cost,
    boolean usable,
    boolean pathDeadAlone) {}

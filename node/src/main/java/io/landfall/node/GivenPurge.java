package io.landfall.node;

import io.landfall.cache.fleet.PurgeEffect;
import java.util.List;

/**
 * What became of a purge that was given at this node.
 *
 * @param nodes what each other node did that is known here
 * @param knowsAll whether this node has met the others: one that has just started has not
 * @param isKept whether it is in this node's log on disk, so that a restart does not keep it from
 *     nodes that are away
 */
record GivenPurge(List<PurgeEffect.NodeAnswer> nodes, boolean knowsAll, boolean isKept) {
  /** Copies the list. */
  GivenPurge {
    nodes = List.copyOf(nodes);
  }

  /** Whether all nodes have applied it. */
  boolean isAtAll() {
    return knowsAll
        && nodes.stream().allMatch(each -> each.outcome() == PurgeEffect.Outcome.APPLIED);
  }
}

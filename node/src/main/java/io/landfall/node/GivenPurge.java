package io.landfall.node;

import io.landfall.cache.fleet.PurgeEffect;
import java.util.List;

/**
 * What became of a purge that was given at this node.
 *
 * @param nodes what each other node did that is known here
 * @param knowsAll whether this node has met the others: one that has just started has not
 */
record GivenPurge(List<PurgeEffect.NodeAnswer> nodes, boolean knowsAll) {
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

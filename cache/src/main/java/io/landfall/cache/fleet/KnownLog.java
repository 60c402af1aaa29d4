package io.landfall.cache.fleet;

import io.landfall.core.NodeName;

/**
 * How much of a log a node has applied.
 *
 * @param id whose log
 * @param floor the first entry that it can still give to others; one more than {@code through} if
 *     it has none
 * @param through the last entry up to which it has applied all, from whichever node they came
 * @param direct the last entry up to which the origin itself has sent it all
 * @param forgotten whether it keeps nothing of this log and the earlier ones of its origin: there
 *     were too many runs
 */
public record KnownLog(LogId id, long floor, long through, long direct, boolean forgotten) {
  /** How much its holder has, as the origin counts it, or as another node does. */
  long asSeenBy(NodeName who) {
    return who.equals(id.origin()) ? direct : through;
  }
}

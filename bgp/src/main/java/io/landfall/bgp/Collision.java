package io.landfall.bgp;

import io.landfall.core.Direction;

/**
 * Which of two connections with one peer lives (RFC 4271 section 6.8): the one that was opened by
 * the side with the higher BGP Identifier; between two AS that use the same identifier, by the side
 * with the higher AS number (RFC 6286 section 2.3). When one side opened both, it has given up the
 * first.
 */
final class Collision {
  private Collision() {}

  /**
   * Whether the later connection is the one to keep.
   *
   * @param later which side opened the later connection
   * @param earlier which side opened the earlier one
   */
  static boolean laterLives(
      SessionConfig config, int remoteId, Direction later, Direction earlier) {
    if (later == earlier) {
      return true;
    }
    int order = Integer.compareUnsigned(config.localId(), remoteId);
    if (order == 0) {
      order = config.localAs().compareTo(config.remoteAs());
    }
    return later.isOutgoing() == order > 0;
  }
}

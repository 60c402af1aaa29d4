package io.landfall.bgp;

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
   * @param laterOutgoing whether this side opened the later connection
   * @param earlierOutgoing whether this side opened the earlier one
   */
  static boolean laterLives(
      SessionConfig config, int remoteId, boolean laterOutgoing, boolean earlierOutgoing) {
    if (laterOutgoing == earlierOutgoing) {
      return true;
    }
    int order = Integer.compareUnsigned(config.localId(), remoteId);
    if (order == 0) {
      order = config.localAs().compareTo(config.remoteAs());
    }
    return laterOutgoing == order > 0;
  }
}

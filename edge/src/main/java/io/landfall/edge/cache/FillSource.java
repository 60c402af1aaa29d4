package io.landfall.edge.cache;

/**
 * Where the response of a {@link Fill} came from.
 *
 * @param name the place, for people; empty while it is not known
 * @param nextHop the next hop for Proxy-Status
 * @param fromNode whether that was a node
 * @param status the status that came; 0 if none did
 * @param stored whether the response is stored
 */
record FillSource(String name, String nextHop, boolean fromNode, int status, boolean stored) {
  static final FillSource UNKNOWN = new FillSource("", "", false, 0, false);

  /** The same, with a response that is stored. */
  FillSource kept() {
    return new FillSource(name, nextHop, fromNode, status, true);
  }
}

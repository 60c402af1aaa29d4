package io.landfall.edge.cache;

import io.landfall.edge.exchange.Attempt;

/**
 * Where the response of a {@link Fill} came from.
 *
 * @param name the place, for people; empty while it is not known
 * @param nextHop the next hop for Proxy-Status
 * @param fromNode whether that was a node
 * @param status the status that came; 0 if none did
 * @param use what the response may be used for
 */
record FillSource(String name, String nextHop, boolean fromNode, int status, Use use) {
  static final FillSource UNKNOWN = new FillSource("", "", false, 0, Use.LEADER);

  /** What the response of a fill may be used for. */
  enum Use {
    /** For the request that it was begun for. */
    LEADER,
    /** For all whom it fits, as it is stored. */
    STORED,
    /** The same, but it is not stored: it may be older than a purge. */
    SHARED,
    /** It was stored before, and stands in for an error. */
    STAND_IN
  }

  /** What an attempt gave, for the request that it was made for. */
  static FillSource of(Attempt from, int status) {
    return new FillSource(from.name(), from.nextHop(), from.isFromNode(), status, Use.LEADER);
  }

  /** Whether the response is stored. */
  boolean stored() {
    return use == Use.STORED;
  }

  /** The same, with a response that may be used so. */
  FillSource with(Use other) {
    return new FillSource(name, nextHop, fromNode, status, other);
  }
}

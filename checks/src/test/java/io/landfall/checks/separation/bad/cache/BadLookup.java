package io.landfall.checks.separation.bad.cache;

import io.landfall.checks.separation.bad.bgp.BadCodec;
import io.landfall.checks.separation.bad.decision.BadDecision;
import io.landfall.checks.separation.bad.edge.BadForward;

/** Rules of a cache that decide where a request goes, and fetch what they miss. */
public final class BadLookup {
  /** Whether there is anything to ask. */
  public boolean isComplete(BadDecision decision) {
    return decision != null;
  }

  /** What the edge would have fetched. */
  public byte[] fetch(BadForward edge, BadCodec codec) {
    return edge.read(codec);
  }
}

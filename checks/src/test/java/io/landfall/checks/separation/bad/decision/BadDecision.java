package io.landfall.checks.separation.bad.decision;

import io.landfall.checks.separation.bad.overlay.BadTable;

/** A decision that reads a routing table instead of its view. */
public final class BadDecision {
  /** Whether to forward. */
  public boolean forward(BadTable table) {
    return table.size() > 1;
  }
}

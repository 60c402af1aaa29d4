package io.landfall.checks.separation.bad.control;

import io.landfall.checks.separation.bad.edge.BadForward;
import io.landfall.checks.separation.bad.ingress.BadOriginator;
import io.landfall.checks.separation.bad.overlay.BadTable;

/** A machine of plane two that reaches into plane one, and into the data plane. */
public final class BadControl {
  private final BadForward forward = new BadForward();

  /** Where requests go, and what plane one does. */
  public BadForward forwardsWith(BadTable table) {
    return BadOriginator.announces(table) ? forward : new BadForward();
  }
}

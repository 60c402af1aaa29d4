package io.landfall.checks.separation.bad.control;

import io.landfall.checks.separation.bad.edge.BadForward;
import io.landfall.checks.separation.bad.ingress.BadOriginator;
import io.landfall.checks.separation.bad.overlay.BadTable;
import io.landfall.checks.separation.bad.transport.BadStream;

/** A machine of plane two that reaches into plane one, into the data plane and for a socket. */
public final class BadControl {
  private final BadForward forward = new BadForward();

  private final BadStream stream = new BadStream();

  /** Whether a socket takes more. */
  public boolean maySend(BadTable table) {
    return stream.maySend(table, "");
  }

  /** Where requests go, and what plane one does. */
  public BadForward forwardsWith(BadTable table) {
    return BadOriginator.announces(table) ? forward : new BadForward();
  }
}

package io.landfall.checks.separation.bad.overlay;

import io.landfall.checks.separation.bad.ingress.BadOriginator;

/** Plane two asking plane one. */
public final class BadTable {
  /** A size that depends on the other plane. */
  public int size() {
    return BadOriginator.announces(this) ? 1 : 0;
  }
}

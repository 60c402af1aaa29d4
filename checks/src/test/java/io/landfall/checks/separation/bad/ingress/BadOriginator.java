package io.landfall.checks.separation.bad.ingress;

import io.landfall.checks.separation.bad.overlay.BadTable;

/** Plane one reacting to plane two: the arrow that the whole design forbids. */
public final class BadOriginator {
  /** Announces while the other plane knows something. */
  public static boolean announces(BadTable table) {
    return table.size() > 0;
  }
}

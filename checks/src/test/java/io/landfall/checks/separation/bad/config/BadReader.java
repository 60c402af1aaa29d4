package io.landfall.checks.separation.bad.config;

import io.landfall.checks.separation.bad.ingress.BadOriginator;
import io.landfall.checks.separation.bad.node.BadDaemon;
import io.landfall.checks.separation.bad.overlay.BadTable;

/** A config that asks the planes and the daemon what is valid. */
public final class BadReader {
  /** Whether a file with so many nodes is valid. */
  public boolean isValid(BadTable table) {
    return table.size() < BadDaemon.nodes() || BadOriginator.announces(table);
  }
}

package io.landfall.checks.separation.bad.admin;

import io.landfall.checks.separation.bad.config.BadReader;
import io.landfall.checks.separation.bad.node.BadDaemon;
import io.landfall.checks.separation.bad.overlay.BadTable;

/** An answer that reads the table, the config and the daemon instead of its own record. */
public final class BadAnswer {
  /** What is shown. */
  public String show(BadTable table, BadReader config) {
    return table.size() + " of " + BadDaemon.nodes() + ", " + config.isValid(table);
  }
}

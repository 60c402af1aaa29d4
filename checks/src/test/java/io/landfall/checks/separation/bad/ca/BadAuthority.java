package io.landfall.checks.separation.bad.ca;

import io.landfall.checks.separation.bad.node.BadDaemon;

/** An authority that asks a daemon. */
public final class BadAuthority {
  private BadAuthority() {}

  /** How many certificates it makes. */
  public static int certificates() {
    return BadDaemon.nodes();
  }
}

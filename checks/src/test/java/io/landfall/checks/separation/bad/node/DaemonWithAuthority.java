package io.landfall.checks.separation.bad.node;

import io.landfall.checks.separation.bad.ca.BadAuthority;

/** A daemon that makes its own certificate. */
public final class DaemonWithAuthority {
  private DaemonWithAuthority() {}

  /** How many it has. */
  public static int certificates() {
    return BadAuthority.certificates();
  }
}

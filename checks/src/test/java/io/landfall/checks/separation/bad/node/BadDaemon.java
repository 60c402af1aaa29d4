package io.landfall.checks.separation.bad.node;

/** A daemon that others lean on. */
public final class BadDaemon {
  private BadDaemon() {}

  /** How many nodes there are. */
  public static int nodes() {
    return 1;
  }
}

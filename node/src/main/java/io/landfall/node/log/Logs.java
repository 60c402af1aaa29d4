package io.landfall.node.log;

import io.landfall.node.config.LogConfig;

/** Sets the process's logging up. */
public final class Logs {
  private Logs() {}

  /**
   * Writes to standard error from now on, as configured; called once, before the first log line.
   */
  public static void start(LogConfig config) {}
}

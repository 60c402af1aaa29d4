package io.landfall.cli;

import java.io.PrintWriter;

/**
 * While this is open, Ctrl-C ends the process with exit code 0: to end a watch is what the person
 * wanted. It would end with 130.
 */
final class EndedByInterrupt implements AutoCloseable {
  private final Thread hook;

  private EndedByInterrupt(Thread hook) {
    this.hook = hook;
  }

  /** From now on; what has been printed leaves first. */
  static EndedByInterrupt of(PrintWriter out) {
    Thread hook =
        new Thread(
            () -> {
              out.flush();
              Runtime.getRuntime().halt(ExitCode.OK);
            });
    Runtime.getRuntime().addShutdownHook(hook);
    return new EndedByInterrupt(hook);
  }

  /**
   * Waits.
   *
   * @return whether to go on
   */
  boolean pause(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}

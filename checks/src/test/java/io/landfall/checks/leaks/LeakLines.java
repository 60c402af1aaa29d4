package io.landfall.checks.leaks;

/** What Netty's leak detector wrote into the log of a node's process. */
public final class LeakLines {
  private LeakLines() {}

  /** Writes them to the output of the tests, where {@code ./verify} looks for them. */
  @SuppressWarnings("SystemOut")
  public static void print(String log) {
    log.lines().filter(line -> line.contains("LEAK: ")).forEach(System.out::println);
  }
}

package io.landfall.core;

import java.util.List;

/**
 * Failures that are this process's own: it, or its machine, had no file descriptor or buffer left.
 * They prove nothing about whom it wanted to talk to. An address that cannot be assigned is none of
 * them: besides a lack of ports it can mean that the other's address is of a family that this
 * machine does not have.
 */
public final class OwnLimit {
  /** As Netty, the JDK and libc put ENFILE (23), EMFILE (24), ENOBUFS (105). */
  private static final List<String> WORDS =
      List.of(
          "error(-23)",
          "error(-24)",
          "error(-105)",
          "error=23,",
          "error=24,",
          "Too many open files",
          "No file descriptors available",
          "No buffer space available");

  private static final int MAX_CAUSES = 16;

  private OwnLimit() {}

  /** Whether a failure, or what caused it, is such a limit. */
  public static boolean isReached(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      String text = cause.getMessage();
      if (text != null && WORDS.stream().anyMatch(text::contains)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }
}

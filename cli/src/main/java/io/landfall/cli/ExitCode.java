package io.landfall.cli;

/** What the command's exit code means; scripts rely on it. */
final class ExitCode {
  /** Done, or the answer is yes. */
  static final int OK = 0;

  /** The answer is no: invalid, refused, declined, not found. */
  static final int NO = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The node cannot be reached. */
  static final int UNREACHABLE = 3;

  private ExitCode() {}
}

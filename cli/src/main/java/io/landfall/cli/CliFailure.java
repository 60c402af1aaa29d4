package io.landfall.cli;

import io.landfall.core.FailureText;
import java.io.PrintWriter;

/** A command that ends early, with a sentence that says what to do, and an exit code. */
final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliFailure(int exitCode, String sentence) {
    super(sentence, null, false, false);
    this.exitCode = exitCode;
  }

  /** What answers at the socket is no node, or one of another version. */
  static CliFailure notUnderstood(IllegalArgumentException why) {
    return new CliFailure(
        ExitCode.UNREACHABLE, "the node's answer is not understood: " + FailureText.of(why));
  }

  /** Prints the sentence; the exit code. */
  int print(PrintWriter err) {
    String prefix = "landfall: ";
    for (String line : sentence().lines().toList()) {
      err.println(prefix + Table.printable(line));
      prefix = "";
    }
    return exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  String sentence() {
    String sentence = getMessage();
    return sentence == null ? "" : sentence;
  }
}

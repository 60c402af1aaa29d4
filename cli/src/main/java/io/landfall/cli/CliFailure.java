package io.landfall.cli;

/** A command that ends early, with a sentence that says what to do, and an exit code. */
final class CliFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CliFailure(int exitCode, String sentence) {
    super(sentence, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }

  String sentence() {
    String sentence = getMessage();
    return sentence == null ? "" : sentence;
  }
}

package io.landfall.checks.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Short commands of the host: run, wait, hand back what they said. */
final class Commands {
  private static final long LIMIT_SECONDS = 20;

  private Commands() {}

  /**
   * What a command said.
   *
   * @param exitCode its exit status
   * @param text its standard output and standard error together
   */
  record Output(int exitCode, String text) {
    boolean succeeded() {
      return exitCode == 0;
    }
  }

  /** Runs a command to its end. */
  static Output run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("did not end: " + String.join(" ", command));
      }
      return new Output(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException("could not run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while running " + String.join(" ", command), e);
    }
  }

  /**
   * Runs a command that must succeed.
   *
   * @throws AssertionError with its output when it does not
   */
  static String must(String... command) {
    Output output = run(List.of(command));
    if (!output.succeeded()) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + output.exitCode() + ": " + output.text());
    }
    return output.text();
  }
}

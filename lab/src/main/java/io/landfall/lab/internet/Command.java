package io.landfall.lab.internet;

import io.landfall.lab.LabFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Short commands of the operating system: started, fed, waited for. */
final class Command {
  /** Where Debian has the programs; root's PATH may lack sbin. */
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin");

  private Command() {}

  /** Where a program is. */
  static Optional<Path> find(String program) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Runs a command to its end.
   *
   * @param input what it reads
   * @return what it wrote, output and errors together
   * @throws LabFailure with what it wrote when it fails
   */
  static String must(List<String> command, String input) throws IOException, LabFailure {
    Ended ended = run(command, input);
    if (ended.exitCode() != 0) {
      throw new LabFailure(
          String.join(" ", command)
              + " ended with exit code "
              + ended.exitCode()
              + ": "
              + ended.text().strip());
    }
    return ended.text();
  }

  /**
   * How a command ended.
   *
   * @param exitCode its exit code
   * @param text what it wrote, output and errors together
   */
  record Ended(int exitCode, String text) {}

  /** Runs a command to its end, whatever that is. */
  static Ended run(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended without reading; its exit code tells.
    }
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Ended(process.waitFor(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command.getFirst(), e);
    }
  }
}

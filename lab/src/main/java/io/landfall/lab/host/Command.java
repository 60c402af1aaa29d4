package io.landfall.lab.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.lab.LabFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Short commands of the operating system: started, fed, waited for. */
public final class Command {
  /** Where Debian has the programs; root's PATH may lack sbin. */
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin");

  /** How long a command may still run after it has closed its output. */
  private static final long LIMIT_SECONDS = 20;

  private Command() {}

  /** Where a program is. */
  public static Optional<Path> find(String program) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * How a command ended.
   *
   * @param exitCode its exit code
   * @param text what it wrote, output and errors together
   */
  public record Ended(int exitCode, String text) {
    /** Whether its exit code is 0. */
    public boolean succeeded() {
      return exitCode == 0;
    }
  }

  /**
   * Runs a command that must succeed.
   *
   * @return what it wrote, output and errors together
   * @throws LabFailure with what it wrote when it does not
   */
  public static String must(String... command) {
    return must(List.of(command), "");
  }

  /**
   * Runs a command that must succeed.
   *
   * @param input what it reads
   * @return what it wrote, output and errors together
   * @throws LabFailure with what it wrote when it does not
   */
  public static String must(List<String> command, String input) {
    Ended ended = run(command, input);
    if (!ended.succeeded()) {
      throw new LabFailure(
          String.join(" ", command)
              + " ended with exit code "
              + ended.exitCode()
              + ": "
              + ended.text().strip());
    }
    return ended.text();
  }

  /** Runs a command that reads nothing to its end, whatever that is. */
  public static Ended run(String... command) {
    return run(List.of(command), "");
  }

  /**
   * Runs a command to its end, whatever that is.
   *
   * @param input what it reads
   * @throws LabFailure when it cannot be started or does not end
   */
  public static Ended run(List<String> command, String input) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (OutputStream to = process.getOutputStream()) {
        to.write(input.getBytes(UTF_8));
      } catch (IOException e) {
        // It ended without reading; its exit code tells.
      }
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new LabFailure("did not end: " + String.join(" ", command));
      }
      return new Ended(process.exitValue(), text);
    } catch (IOException e) {
      throw new LabFailure("could not run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabFailure("interrupted while waiting for " + command.getFirst(), e);
    }
  }
}

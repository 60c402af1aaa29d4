package io.landfall.checks.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A long-running process of a lab, with its output in a file. Its process id is the daemon's own
 * ({@code ip netns exec} replaces itself), so a kill -9 hits what it should.
 */
public final class LabProcess implements AutoCloseable {
  private static final long END_SECONDS = 10;

  private final String label;
  private final Path log;
  private final Process process;
  private final Writer input;

  private LabProcess(String label, Path log, Process process) {
    this.label = label;
    this.log = log;
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts a command with its output and errors going to {@code dir/label.log}. */
  public static LabProcess start(String label, Path dir, List<String> command) {
    Path log = dir.resolve(label + ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new LabProcess(label, log, process);
    } catch (IOException e) {
      throw new UncheckedIOException("could not start " + label, e);
    }
  }

  /** The process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it still runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Everything it has written so far. */
  public String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the log of " + label, e);
    }
  }

  /** Writes one line to its standard input. */
  public void say(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(label + " does not listen; its log:\n" + output(), e);
    }
  }

  /** SIGTERM, and waits for the end; SIGKILL when it does not come. */
  public void terminate() {
    process.destroy();
    awaitEnd();
  }

  /** SIGKILL: no word to anybody; waits until the process is gone. */
  public void kill9() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      terminate();
    }
  }

  @Override
  public String toString() {
    return label + " (pid " + process.pid() + (alive() ? ")" : ", ended)");
  }
}

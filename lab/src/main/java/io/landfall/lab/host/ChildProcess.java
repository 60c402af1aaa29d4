package io.landfall.lab.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.FailureText;
import io.landfall.lab.LabFailure;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One long-running process of a lab, with its output in a file: a node, a backend, a daemon. It can
 * be started again after it ended. Its process id is the program's own, also in a network namespace
 * ({@code ip netns exec} replaces itself), so that a kill hits what it should.
 */
public final class ChildProcess implements AutoCloseable {
  private static final int TAIL_LINES = 12;
  private static final int SIGNAL_EXIT_BASE = 128;

  /** How long a process may take to end by itself before it is killed. */
  private static final long END_SECONDS = 10;

  private final String title;
  private final List<String> command;
  private final @Nullable File directory;
  private final Path log;
  private Process process;
  private Writer input;
  private boolean expectedToEnd;

  private ChildProcess(
      String title, List<String> command, @Nullable File directory, Path log, Process process) {
    this.title = title;
    this.command = List.copyOf(command);
    this.directory = directory;
    this.log = log;
    this.process = process;
    this.input = process.outputWriter(UTF_8);
  }

  /**
   * Starts a process whose output goes to a file.
   *
   * @param title how people know it, such as {@code backend shop@fra}
   * @throws LabFailure when it cannot be started
   */
  public static ChildProcess start(String title, List<String> command, Path log) {
    return new ChildProcess(title, command, null, log, spawn(title, command, null, log));
  }

  /**
   * Starts a process in a folder, with its output in {@code LABEL.log} there.
   *
   * @throws LabFailure when it cannot be started
   */
  public static ChildProcess start(String label, Path directory, List<String> command) {
    Path log = directory.resolve(label + ".log");
    File folder = directory.toFile();
    return new ChildProcess(label, command, folder, log, spawn(label, command, folder, log));
  }

  private static Process spawn(
      String title, List<String> command, @Nullable File directory, Path log) {
    try {
      return new ProcessBuilder(command)
          .directory(directory)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new LabFailure("could not start " + title + ": " + FailureText.of(e), e);
    }
  }

  /** Starts it again. Only once it has ended. */
  public synchronized void restart() {
    process = spawn(title, command, directory, log);
    input = process.outputWriter(UTF_8);
    expectedToEnd = false;
  }

  /** Kills it with SIGKILL, waits until it is gone, and remembers that this was meant. */
  public void kill() {
    await(expectEnd().destroyForcibly());
  }

  /** Asks it to end. */
  public void terminate() {
    expectEnd().destroy();
  }

  /** SIGTERM where it runs, and waits for the end; SIGKILL when it does not come. */
  @Override
  public void close() {
    Process target = expectEnd();
    target.destroy();
    await(target);
  }

  private static void await(Process target) {
    try {
      if (!target.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        target.destroyForcibly().waitFor(END_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      target.destroyForcibly();
    }
  }

  private synchronized Process expectEnd() {
    expectedToEnd = true;
    return process;
  }

  /** How people know it. */
  public String title() {
    return title;
  }

  /** The process id, of the last start. */
  public synchronized long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public synchronized boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it has ended without having been stopped; true once for each start. */
  public synchronized boolean diedUnasked() {
    if (process.isAlive() || expectedToEnd) {
      return false;
    }
    expectedToEnd = true;
    return true;
  }

  /** How it ended, in words. */
  public synchronized String ending() {
    if (process.isAlive()) {
      return "still runs";
    }
    int code = process.exitValue();
    return code > SIGNAL_EXIT_BASE
        ? "ended by signal " + (code - SIGNAL_EXIT_BASE)
        : "ended with exit code " + code;
  }

  /**
   * Writes one line to its standard input.
   *
   * @throws LabFailure when it has closed it
   */
  public synchronized void say(String line) {
    try {
      input.write(line + "\n");
      input.flush();
    } catch (IOException e) {
      throw new LabFailure(title + " does not listen; its log:\n" + output(), e);
    }
  }

  /**
   * Everything that it has written so far.
   *
   * @throws LabFailure when its log cannot be read
   */
  public String output() {
    try {
      return new String(Files.readAllBytes(log), UTF_8);
    } catch (IOException e) {
      throw new LabFailure("the log of " + title, e);
    }
  }

  /** The end of its log, indented; for an error message. */
  public String logTail() {
    try {
      List<String> lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
      List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return tail.isEmpty()
          ? "  (it wrote nothing to " + log + ")"
          : "  " + String.join("\n  ", tail) + "\n  (from " + log + ")";
    } catch (IOException e) {
      return "  (its log " + log + " cannot be read: " + FailureText.of(e) + ")";
    }
  }

  @Override
  public String toString() {
    return title + " (pid " + pid() + (isAlive() ? ")" : ", ended)");
  }
}

package io.landfall.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One process of the lab: a node or a backend. It can be started again after it ended.
 *
 * @see LabChild how it ends when the lab does
 */
public final class ChildProcess {
  private static final int TAIL_LINES = 12;
  private static final int SIGNAL_EXIT_BASE = 128;

  private final String title;
  private final List<String> command;
  private final Path log;
  private Process process;
  private boolean expectedToEnd;

  private ChildProcess(String title, List<String> command, Path log, Process process) {
    this.title = title;
    this.command = command;
    this.log = log;
    this.process = process;
  }

  /**
   * Starts a process whose output goes to a file.
   *
   * @param title how people know it, such as {@code backend shop@fra}
   */
  public static ChildProcess start(String title, List<String> command, Path log)
      throws IOException {
    return new ChildProcess(title, command, log, spawn(command, log));
  }

  private static Process spawn(List<String> command, Path log) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Starts it again. Only once it has ended. */
  public synchronized void restart() throws IOException {
    process = spawn(command, log);
    expectedToEnd = false;
  }

  /** Kills it with SIGKILL, waits until it is gone, and remembers that this was meant. */
  public void kill() throws InterruptedException {
    Process target = expectEnd();
    target.destroyForcibly();
    target.waitFor();
  }

  /** Asks it to end. */
  void terminate() {
    expectEnd().destroy();
  }

  private synchronized Process expectEnd() {
    expectedToEnd = true;
    return process;
  }

  String title() {
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

  /** Whether it has ended although nobody here wanted it to; says so once for each start. */
  synchronized boolean diedUnasked() {
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

  /** The end of its log, indented; for an error message. */
  public String logTail() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
      return tail.isEmpty()
          ? "  (it wrote nothing to " + log + ")"
          : "  " + String.join("\n  ", tail) + "\n  (from " + log + ")";
    } catch (IOException e) {
      return "  (its log " + log + " cannot be read: " + e.getMessage() + ")";
    }
  }
}

package io.landfall.checks.e2e;

import io.landfall.checks.leaks.LeakLines;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A node as a process with so little memory that it cannot hold what passes through it. */
public final class NodeProcess implements AutoCloseable {
  static final int HEAP_MIB = 96;
  static final int DIRECT_MIB = 96;
  private static final long END_SECONDS = 20;

  private final Process process;
  private final Path log;

  private NodeProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** A node of this config; it logs beside it. */
  public static NodeProcess start(Path config) {
    return start(List.of(), config);
  }

  /** A node with these variables in its environment too. */
  static NodeProcess start(Path config, Map<String, String> environment) {
    List<String> launcher = new ArrayList<>(List.of("env"));
    environment.forEach((name, value) -> launcher.add(name + "=" + value));
    return start(launcher, config);
  }

  /** A node that may have so many file descriptors open. */
  static NodeProcess startWithDescriptors(int descriptors, Path config) {
    return start(List.of("prlimit", "--nofile=" + descriptors), config);
  }

  /** A node none of whose files may grow beyond so many bytes. */
  static NodeProcess startWithFileBytes(int bytes, Path config) {
    return start(List.of("prlimit", "--fsize=" + bytes), config);
  }

  /**
   * A node whose standard error is a pipe, made here, that is full from the start and that nobody
   * reads; a test that does has zeros first. The node has its other end open too, so that it is
   * never a pipe without a reader.
   */
  static NodeProcess startWithFullErrors(Path pipe, Path config) {
    String script =
        "mkfifo \"$0\" && exec 3<>\"$0\" || exit 1;"
            + " dd if=/dev/zero of=\"$0\" bs=1024 oflag=nonblock 2>/dev/null;"
            + " exec \"$@\" 2>\"$0\"";
    return start(List.of("sh", "-c", script, pipe.toString()), config);
  }

  /** A node that takes over from the one that runs with this config, and logs beside it. */
  public static NodeProcess takeOver(Path config, String log) {
    return start(List.of(), "takeover", config, config.resolveSibling(log));
  }

  private static NodeProcess start(List<String> launcher, Path config) {
    return start(launcher, "node", config, config.resolveSibling("node.log"));
  }

  private static NodeProcess start(List<String> launcher, String how, Path config, Path log) {
    List<String> command = new ArrayList<>(launcher);
    // Who runs the tests under nohup would hand its ignored SIGHUP on; a node leaves it ignored.
    command.addAll(List.of("env", "--default-signal=HUP,INT,TERM"));
    // The lab's way in: the process ends when its standard input does, so none is left behind.
    command.addAll(
        TestJvm.command(
            List.of(
                "-Xmx" + HEAP_MIB + "m",
                "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
                "-XX:+ExitOnOutOfMemoryError"),
            "io.landfall.lab.LabChild",
            how,
            config.toString()));
    return run(command, log);
  }

  /** A node on the module path, with these flags, as {@code ./landfall run} starts it. */
  static NodeProcess startOnModulePath(List<String> flags, String modulePath, Path config) {
    List<String> command = new ArrayList<>();
    command.add(TestJvm.java());
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(flags);
    command.addAll(
        List.of("-p", modulePath, "-m", "io.landfall.launcher/io.landfall.launcher.Launcher"));
    command.addAll(List.of("run", "-c", config.toString()));
    return run(command, config.resolveSibling("node.log"));
  }

  private static NodeProcess run(List<String> command, Path log) {
    try {
      return new NodeProcess(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start(),
          log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends it SIGHUP. */
  void hangUp() {
    signal("HUP");
  }

  /** Sends it a signal, which it has when this returns. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Its exit code; waits for its end. */
  public int exitCode() {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("it still runs: " + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The most memory that it ever had resident, in MiB. */
  long peakMib() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
      throw new IllegalStateException("no VmHWM");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The libraries and other files that are mapped into its memory. */
  String mappedFiles() {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/maps"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every class that it has loaded, as jcmd tells them. */
  String classes() {
    return jcmd("VM.class_hierarchy");
  }

  /** What jcmd answers to one command about it. */
  String jcmd(String question) {
    try {
      Process asking =
          new ProcessBuilder(TestJvm.program("jcmd"), Long.toString(process.pid()), question)
              .redirectErrorStream(true)
              .start();
      return new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has logged. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    LeakLines.print(log());
    process.destroy();
    try {
      if (process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}

package io.landfall.checks.soak;

import io.landfall.admin.client.HttpCall;
import io.landfall.checks.leaks.LeakLines;
import io.landfall.cli.Main;
import io.landfall.testkit.TestJvm;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A node as a process of its own, with the launcher's options and a heap of a given size. */
final class SoakNode implements Closeable {
  /** How long the admin API may take: it asks the control thread. */
  static final long ADMIN_MILLIS = 5_000;

  private static final long END_SECONDS = 10;
  private static final long MIB = 1L << 20;

  /**
   * Attackers have machines of their own; here they share the nodes' cores. What is measured is
   * what their bytes do to a node, not what their threads do to its scheduler.
   */
  private static final List<String> AHEAD_OF_ATTACKERS = List.of("nice", "-n", "-10");

  private final String name;
  private final Path dir;
  private final int heapMib;
  private @Nullable Process process;

  /** A node that {@code dir/NAME.yaml} configures, with the admin socket {@code dir/NAME.sock}. */
  SoakNode(String name, Path dir, int heapMib) {
    this.name = name;
    this.dir = dir;
    this.heapMib = heapMib;
  }

  /** Starts it, or starts it again after it ended; its log goes on. */
  void start() {
    List<String> command = new ArrayList<>(AHEAD_OF_ATTACKERS);
    // What the launcher gives; direct memory has no option there, so as much as the heap is its
    // bound.
    command.addAll(
        TestJvm.command(
            List.of(
                "-XX:+UseSerialGC",
                "-Xmx" + heapMib + "m",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Dio.netty.tryReflectionSetAccessible=true",
                "-Dio.netty.jfr.enabled=false",
                "-Dio.netty.leakDetection.samplingInterval=8192",
                "-Djavax.net.ssl.trustStore=NONE",
                "-Dkeystore.pkcs12.keyPbeIterationCount=1"),
            // It ends when its standard input does, so none is left behind.
            "io.landfall.lab.LabChild",
            "node",
            dir.resolve(name + ".yaml").toString()));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(name + ".log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Process process() {
    return Objects.requireNonNull(process, "it was not started");
  }

  /**
   * Stops it with SIGTERM, and waits until it has ended.
   *
   * @return its exit code; -1 if it did not end in time
   */
  int terminate(long seconds) throws InterruptedException {
    Process running = process();
    // Process.destroy() closes the node's standard input as well, which ends it at once.
    running.toHandle().destroy();
    return running.waitFor(seconds, TimeUnit.SECONDS) ? running.exitValue() : -1;
  }

  /** Ends it with SIGKILL. */
  void kill() throws InterruptedException {
    process().destroyForcibly().waitFor();
  }

  boolean isAlive() {
    return process().isAlive();
  }

  /** Gives the node a command; what it printed, whether or not it did it. */
  String tell(String... command) {
    List<String> arguments =
        new ArrayList<>(List.of("--socket", dir.resolve(name + ".sock").toString()));
    arguments.addAll(List.of(command));
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    Main.run(writer, writer, arguments.toArray(String[]::new));
    writer.flush();
    return text.toString();
  }

  /** The admin API's answer to a GET. */
  String ask(String target) throws IOException {
    return HttpCall.get(
            UnixDomainSocketAddress.of(dir.resolve(name + ".sock")),
            "localhost",
            target,
            ADMIN_MILLIS)
        .body();
  }

  /** A figure of the metrics, such as {@code jvm_memory_used_bytes{area="heap"}}; -1 if absent. */
  static long metric(String metrics, String name) {
    Matcher figure = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(metrics);
    return figure.find() ? (long) Double.parseDouble(figure.group(1)) : -1;
  }

  /** The most memory that it ever had resident, in MiB. */
  long peakMib() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + process().pid() + "/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024 / MIB;
        }
      }
      return -1; // A process that has ended has none.
    } catch (IOException e) {
      return -1;
    }
  }

  /** CPU that it has used, in seconds. */
  long cpuSeconds() {
    return process().info().totalCpuDuration().map(used -> used.toSeconds()).orElse(-1L);
  }

  String log() {
    try {
      return Files.readString(dir.resolve(name + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How it ended, for a failure. */
  String ending() {
    return isAlive() ? "lives" : "exit " + process().exitValue();
  }

  @Override
  public void close() {
    Process running = process;
    if (running == null) {
      return;
    }
    LeakLines.print(log());
    running.destroy();
    try {
      if (running.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.destroyForcibly();
  }

  @Override
  public String toString() {
    return name;
  }
}

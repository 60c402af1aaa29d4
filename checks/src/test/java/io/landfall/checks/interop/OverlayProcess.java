package io.landfall.checks.interop;

import io.landfall.lab.host.ChildProcess;
import io.landfall.lab.host.NetworkNamespace;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plane two of one node in a process of its own, spoken to on its standard input. */
final class OverlayProcess {
  /** The first wait is also for two processes to start, on a machine that may be busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final ChildProcess process;
  private int answers;

  private OverlayProcess(ChildProcess process) {
    this.process = process;
  }

  /** Starts {@code io.landfall.node.OverlayAlone} with these arguments. */
  static OverlayProcess start(NetworkNamespace host, Path dir, String label, List<String> options) {
    List<String> command = new ArrayList<>(TestJvm.small(64, "io.landfall.node.OverlayAlone"));
    command.addAll(options);
    return new OverlayProcess(host.start(label, dir, command));
  }

  /** Gives a command and hands back the lines of its answer. */
  List<String> ask(String command) {
    process.say(command);
    int wanted = ++answers;
    Await.until(PATIENCE, "an answer to " + command, () -> said().size() > wanted, process::output);
    return said().get(wanted - 1);
  }

  /** The answers so far, each a list of lines, and the one that is being written. */
  private List<List<String>> said() {
    List<List<String>> all = new ArrayList<>();
    all.add(new ArrayList<>());
    String output = process.output();
    String whole = output.substring(0, output.lastIndexOf('\n') + 1);
    for (String line : whole.lines().toList()) {
      if (line.equals(".")) {
        all.add(new ArrayList<>());
      } else if (!line.startsWith("time=")) {
        all.getLast().add(line);
      }
    }
    return all;
  }

  /** Waits until the table is exactly this. */
  void awaitRoutes(String what, String... wanted) {
    Await.until(
        PATIENCE,
        what,
        () -> ask("routes").equals(List.of(wanted)),
        () -> String.join("\n", ask("routes")) + "\n" + process.output());
  }

  /** What it wrote, for failures. */
  String log() {
    return process.output();
  }
}

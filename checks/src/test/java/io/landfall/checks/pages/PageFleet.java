package io.landfall.checks.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.checks.e2e.NodeProcess;
import io.landfall.cli.Main;
import io.landfall.lab.host.Command;
import io.landfall.testkit.Await;
import io.landfall.testkit.TestJvm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The machines of a page: a folder each in place of /etc/landfall, /var/lib/landfall and
 * /run/landfall, an address of the loopback network in place of the page's, a process in place of
 * systemd's unit. The shell and the program's commands are the real ones.
 */
final class PageFleet implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What only asks is asked again until the answer is the page's. */
  private static final String READS = "(landfall (show|explain)|curl) .*";

  /** Commands to a running node, without anything that the shell would change. */
  private static final String OF_A_NODE =
      "landfall (show|explain|configure|drain|undrain|reload)( [\\w./: -]+)?";

  /** At an upgrade the scripts of the package do the same, which {@code PackageLab} shows. */
  private static final Set<String> TAKEOVERS =
      Set.of(
          "systemctl kill --kill-whom=main --signal=WINCH landfall",
          "apt install ./landfall_NEW_amd64.deb");

  private final Path folder;
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private final Map<String, NodeProcess> running = new LinkedHashMap<>();
  private int takeovers;

  PageFleet(Path folder) throws IOException {
    this.folder = folder;
    Path bin = Files.createDirectories(folder.resolve("bin"));
    String java =
        TestJvm.small(64, "io.landfall.launcher.Launcher").stream()
            .map(word -> "'" + word + "'")
            .collect(Collectors.joining(" "));
    script(bin.resolve("landfall"), "exec " + java + " \"$@\"");
    // From the operator's machine to a node is from one folder to another here.
    script(bin.resolve("scp"), "exec cp \"$@\"");
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Has this in place of a text of the page. */
  PageFleet with(String text, String other) {
    replaced.put(text, other);
    return this;
  }

  Path folder(String machine) {
    try {
      return Files.createDirectories(folder.resolve(machine));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path config(String machine) {
    return folder(machine).resolve("node.yaml");
  }

  /** A text of the page as it is here. */
  private String here(String machine, String text) {
    String own = folder(machine) + "/";
    String changed =
        text.replace("root@", "")
            .replaceAll("\\b(\\w+):/etc/landfall/", folder + "/$1/")
            .replace("/etc/landfall/", own)
            .replace("/var/lib/landfall/", own)
            .replace("/run/landfall/", own)
            // There is no such user here.
            .replace("chown landfall: ", "stat ")
            .replace("runuser -u landfall -- ", "");
    for (Map.Entry<String, String> each : replaced.entrySet()) {
      changed = changed.replace(each.getKey(), each.getValue());
    }
    return changed;
  }

  /** Does all steps. */
  void follow(List<OperatorPage.Step> steps) {
    for (OperatorPage.Step step : steps) {
      for (String machine : step.machines()) {
        switch (step) {
          case OperatorPage.Step.Write write -> write(machine, write.text(), write.whole());
          case OperatorPage.Step.Run run -> run(machine, run);
        }
      }
    }
  }

  void write(String machine, String text, boolean whole) {
    try {
      Files.writeString(
          config(machine),
          here(machine, text),
          StandardOpenOption.CREATE,
          whole ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String machine, OperatorPage.Step.Run step) {
    String where = machine + "# " + step.command();
    if (TAKEOVERS.contains(step.command())) {
      takeOver(machine);
      return;
    }
    if (step.command().startsWith("systemctl ")) {
      systemctl(machine, step.command().substring("systemctl ".length()));
      return;
    }
    List<String> shown = step.shown().stream().map(line -> here(machine, line)).toList();
    if (step.command().matches(READS)) {
      Await.until(
          PATIENCE,
          where + " shows " + shown,
          () -> OperatorPage.has(shell(machine, step.command()).text(), shown),
          () -> shell(machine, step.command()).text() + log(machine));
      return;
    }
    Command.Ended ended = shell(machine, step.command());
    assertThat(ended.succeeded()).as(where + ": " + ended.text()).isTrue();
    assertThat(OperatorPage.has(ended.text(), shown))
        .as(where + " shows " + shown + ": " + ended.text())
        .isTrue();
  }

  private Command.Ended shell(String machine, String command) {
    if (command.matches(OF_A_NODE)) {
      return landfall(machine, here(machine, command));
    }
    return Command.run(
        "env",
        "-C",
        folder(machine).toString(),
        "PATH=" + folder.resolve("bin") + ":" + System.getenv("PATH"),
        "LANDFALL_SOCKET=" + folder(machine).resolve("landfall.sock"),
        "bash",
        "-c",
        here(machine, command));
  }

  /** The same program without a JVM of its own, which would take a second for each command. */
  private Command.Ended landfall(String machine, String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.set(0, "--socket=" + folder(machine).resolve("landfall.sock"));
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    int code = Main.run(writer, writer, words.toArray(String[]::new));
    writer.flush();
    return new Command.Ended(code, output.toString());
  }

  private String log(String machine) {
    NodeProcess node = running.get(machine);
    return node == null ? "" : node.log();
  }

  private void systemctl(String machine, String words) {
    assertThat(words)
        .isIn("enable --now landfall", "start landfall", "stop landfall", "restart landfall");
    if (words.matches("(stop|restart) .*")) {
      NodeProcess node = running.remove(machine);
      assertThat(node).as(machine + " runs").isNotNull();
      if (node != null) {
        node.close();
      }
    }
    if (!words.startsWith("stop")) {
      start(machine);
    }
  }

  /** Another process takes over, as the one that runs has it done below systemd. */
  private void takeOver(String machine) {
    NodeProcess before = running.get(machine);
    assertThat(before).as(machine + " runs").isNotNull();
    if (before != null) {
      // Within the first seconds of a start it is refused, and changes nothing.
      Await.until(PATIENCE, machine + " is taken over", () -> isTakenOver(machine), before::log);
      assertThat(before.exitCode()).as(before.log()).isZero();
    }
  }

  private boolean isTakenOver(String machine) {
    takeovers++;
    NodeProcess after = NodeProcess.takeOver(config(machine), "takeover" + takeovers + ".log");
    Await.until(
        PATIENCE,
        "it takes over or is refused",
        () -> after.log().contains("\"taken over\"") || !after.isAlive(),
        after::log);
    if (after.isAlive()) {
      running.put(machine, after);
    }
    return after.isAlive();
  }

  /** Starts the node of a machine, and waits until it answers on its socket. */
  void start(String machine) {
    NodeProcess node = NodeProcess.start(config(machine));
    running.put(machine, node);
    Await.until(
        PATIENCE,
        machine + " answers",
        () -> shell(machine, "landfall show status").succeeded(),
        node::log);
  }

  @Override
  public void close() {
    running.values().forEach(NodeProcess::close);
  }
}

package io.landfall.checks.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What the package's scripts see of systemd on a machine where it does not run: its folder, and a
 * {@code systemctl} that notes its calls, does nothing, and knows the unit's state and main
 * process.
 */
final class StubSystemctl implements AutoCloseable {
  /** What there is where systemd runs. */
  private static final List<Path> RUNS =
      List.of(Path.of("/run/systemd"), Path.of("/run/systemd/system"));

  private final Path folder;
  private final List<Path> made = new ArrayList<>();

  StubSystemctl(Path parent) throws IOException {
    folder = Files.createDirectory(parent.resolve("systemctl"));
    Files.writeString(calls(), "");
    mainPid(0);
    state("active");
    program(
        "systemctl",
        """
        echo "$*" >>%1$s/calls
        case "$*" in
          'show --property=MainPID --value landfall.service') cat %1$s/main ;;
          'is-active landfall.service')
            cat %1$s/state
            grep -qx active %1$s/state || { echo active >%1$s/state; exit 3; }
            ;;
        esac
        """
            .formatted(folder));
    for (Path each : RUNS) {
      if (!Files.exists(each)) {
        made.addFirst(Files.createDirectory(each));
      }
    }
  }

  private void program(String name, String script) throws IOException {
    Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /**
   * Has another program fail from now on, where this {@code systemctl} is found, if one of its
   * arguments has this word in it, with a reason.
   */
  void failing(String name, String word, String reason) throws IOException {
    program(
        name,
        """
        case "$*" in *%s*) echo '%s' >&2; exit 1 ;; esac
        exec /usr/bin/%s "$@"
        """
            .formatted(word, reason, name));
  }

  /** What it says of the unit when it is asked next; active from then on. */
  void state(String state) throws IOException {
    Files.writeString(folder.resolve("state"), state + "\n");
  }

  /** A command that finds this {@code systemctl} before the machine's own. */
  String[] before(String... command) {
    List<String> all =
        new ArrayList<>(List.of("env", "PATH=" + folder + ":/usr/sbin:/usr/bin:/sbin:/bin"));
    all.addAll(List.of(command));
    return all.toArray(String[]::new);
  }

  /** The main process of the unit from now on; 0 for none. */
  void mainPid(long pid) throws IOException {
    // Renamed, so that nobody reads half of it.
    Path next = Files.writeString(folder.resolve("main.next"), pid + "\n");
    Files.move(next, folder.resolve("main"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Its calls since the last look, each with its arguments. */
  List<String> newCalls() throws IOException {
    List<String> calls = Files.readAllLines(calls());
    Files.writeString(calls(), "");
    return calls;
  }

  private Path calls() {
    return folder.resolve("calls");
  }

  @Override
  public void close() throws IOException {
    for (Path each : made) {
      Files.delete(each);
    }
  }
}

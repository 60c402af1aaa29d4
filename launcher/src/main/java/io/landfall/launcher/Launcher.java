package io.landfall.launcher;

import io.landfall.cli.ExtraCommand;
import io.landfall.cli.Main;
import io.landfall.lab.LabCommand;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.List;

/** Where {@code ./landfall} starts: every command of cli, and {@code lab}. */
public final class Launcher {
  private static final List<ExtraCommand> EXTRAS =
      List.of(
          new ExtraCommand(
              "lab",
              "  landfall lab --dir /tmp/lab        three sites on this machine",
              LabCommand::new));

  private Launcher() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    Main.start(EXTRAS, args);
  }

  /** Runs one command; its exit code, as {@link Main#start}. */
  static int run(OutputStream out, PrintWriter err, String... args) {
    return Main.run(out, err, EXTRAS, args);
  }
}

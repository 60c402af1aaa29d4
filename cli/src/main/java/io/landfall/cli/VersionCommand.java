package io.landfall.cli;

import io.landfall.admin.metrics.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code landfall version}. */
@Command(
    name = "version",
    description = "Print the version.",
    footer = {"", "Examples:", "  landfall version --json"})
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  VersionCommand() {}

  @Override
  public void run() {
    spec.commandLine().getOut().println(text(Landfall.of(spec).json()));
  }

  /** What is running, for people or for scripts. */
  static String text(boolean json) {
    String java = Runtime.version().toString();
    return json
        ? "{\"version\":\"" + Version.text() + "\",\"java\":\"" + java + "\"}"
        : "landfall " + Version.text() + " (Java " + java + ")";
  }
}

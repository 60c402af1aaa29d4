package io.landfall.cli;

import io.landfall.node.metrics.Version;
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
    String java = Runtime.version().toString();
    spec.commandLine()
        .getOut()
        .println(
            Landfall.of(spec).json()
                ? "{\"version\":\"" + Version.text() + "\",\"java\":\"" + java + "\"}"
                : "landfall " + Version.text() + " (Java " + java + ")");
  }
}

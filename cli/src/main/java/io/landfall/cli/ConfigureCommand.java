package io.landfall.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code landfall configure check FILE}: the same as {@code landfall check}, as birdc has it. */
@Command(
    name = "configure",
    description = "Work on configs.",
    subcommands = CheckCommand.class,
    footer = {"", "Examples:", "  landfall configure check /etc/landfall/node.yaml"})
final class ConfigureCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ConfigureCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Configure how? check FILE");
  }
}

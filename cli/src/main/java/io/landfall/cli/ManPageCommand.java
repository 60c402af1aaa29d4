package io.landfall.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code landfall man-page [COMMAND...]}: the help as a manual page, for those who make packages.
 */
@Command(
    name = ManPageCommand.NAME,
    hidden = true,
    description = "Print the manual page of landfall or of a command, in the format of man(7).",
    footer = {"", "Examples:", "  landfall man-page show routes | man -l -"})
final class ManPageCommand implements Runnable {
  /** Its name: with it every command is there to be described. */
  static final String NAME = "man-page";

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "A command, and what stands below it.")
  private List<String> words = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ManPageCommand() {}

  @Override
  public void run() {
    CommandLine described = HelpCommand.below(spec, words);
    ManPage.print(described, spec.commandLine().getOut());
  }
}

package io.landfall.cli;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code landfall man-page [COMMAND...]}: the help as a manual page, for those who make packages.
 */
@Command(
    name = ManPageCommand.NAME,
    hidden = true,
    description = "Print the manual page of landfall or of a command, in the format of man(7).",
    footer = {
      "",
      "Examples:",
      "  landfall man-page show routes | man -l -",
      "  landfall man-page --folder man1"
    })
final class ManPageCommand implements Runnable {
  /** Its name: with it every command is there to be described. */
  static final String NAME = "man-page";

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "A command, and what stands below it.")
  private List<String> words = List.of();

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Write the page of the command and those of what stands right below it there.")
  private Optional<Path> folder = Optional.empty();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ManPageCommand() {}

  @Override
  public void run() {
    CommandLine described = HelpCommand.below(spec, words);
    if (folder.isEmpty()) {
      ManPage.print(described, spec.commandLine().getOut());
      return;
    }
    write(described, folder.get());
    described.getSubcommands().values().stream()
        .filter(command -> !command.getCommandSpec().usageMessage().hidden())
        .forEach(command -> write(command, folder.get()));
  }

  private static void write(CommandLine described, Path folder) {
    Path page = folder.resolve(described.getCommandSpec().qualifiedName("-") + ".1");
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(page))) {
      ManPage.print(described, out);
      if (out.checkError()) {
        throw new IOException("the page is not whole");
      }
    } catch (IOException e) {
      throw new CliFailure(ExitCode.NO, "cannot write " + page + ": " + FailureText.of(e));
    }
  }
}

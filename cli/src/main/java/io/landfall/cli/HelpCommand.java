package io.landfall.cli;

import io.landfall.config.SpellingSuggestion;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall help [COMMAND...]}: the same text as {@code --help} behind that command. */
@Command(
    name = HelpCommand.NAME,
    description = "Show the help of a command, or of all.",
    footer = {"", "Examples:", "  landfall help show routes"})
final class HelpCommand implements Runnable {
  /** Its name: with it every command is there to be described. */
  static final String NAME = "help";

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "A command, and what stands below it.")
  private List<String> words = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  HelpCommand() {}

  @Override
  public void run() {
    CommandLine described = spec.root().commandLine();
    for (String word : words) {
      Map<String, CommandLine> below = described.getSubcommands();
      CommandLine next = below.get(word);
      if (next == null) {
        throw new ParameterException(spec.commandLine(), unknown(word, described));
      }
      described = next;
    }
    described.usage(spec.commandLine().getOut());
  }

  private static String unknown(String word, CommandLine above) {
    return "there is no command '"
        + Table.printable(word)
        + "' below "
        + above.getCommandSpec().qualifiedName()
        + SpellingSuggestion.to(word, above.getSubcommands().keySet())
            .map(name -> "; did you mean " + name + "?")
            .orElse("");
  }
}

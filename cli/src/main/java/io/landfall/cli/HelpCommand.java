package io.landfall.cli;

import io.landfall.config.SpellingSuggestion;
import java.util.List;
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
    below(spec, words).usage(spec.commandLine().getOut());
  }

  /**
   * The command that the words lead to, from the root of the tree on.
   *
   * @throws ParameterException naming the first word that leads nowhere
   */
  static CommandLine below(CommandSpec asking, List<String> words) {
    CommandLine described = asking.root().commandLine();
    for (String word : words) {
      CommandLine next = described.getSubcommands().get(word);
      if (next == null) {
        throw new ParameterException(asking.commandLine(), unknown(word, described));
      }
      described = next;
    }
    return described;
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

package io.landfall.cli;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall completion SHELL}: the script that completes commands and options. */
@Command(
    name = CompletionCommand.NAME,
    description = "Print the script that completes landfall's commands and options in a shell.",
    footer = {
      "",
      "Examples:",
      "  source <(landfall completion bash)",
      "  landfall completion fish > ~/.config/fish/completions/landfall.fish"
    })
final class CompletionCommand implements Runnable {
  /** Its name: with it every command is there to be completed. */
  static final String NAME = "completion";

  /** The shells that there is a script for. */
  private static final List<String> SHELLS = List.of("bash", "zsh", "fish");

  /** Offers them behind the command. */
  static final class Shells implements Iterable<String> {
    /** For picocli. */
    Shells() {}

    @Override
    public Iterator<String> iterator() {
      return SHELLS.iterator();
    }
  }

  @Parameters(
      paramLabel = "SHELL",
      description = "${COMPLETION-CANDIDATES}.",
      completionCandidates = Shells.class)
  private String shell = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CompletionCommand() {}

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    String name = root.getCommandName();
    PrintWriter out = spec.commandLine().getOut();
    switch (shell) {
      case "bash" -> out.print(AutoComplete.bash(name, root));
      case "zsh" -> {
        // As a file of zsh's own folder it is the body of a function that is called for a word.
        out.println("#compdef " + name);
        out.print(AutoComplete.bash(name, root));
        out.println("[[ -z $CURRENT ]] || _bash_complete -o default -F _complete_" + name);
      }
      case "fish" -> FishCompletion.print(root, out);
      default ->
          throw new ParameterException(
              spec.commandLine(),
              "there is no script for '"
                  + Table.printable(shell)
                  + "'; SHELL is one of "
                  + String.join(", ", SHELLS));
    }
  }
}

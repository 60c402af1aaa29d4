package io.landfall.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

  /** A shell that there is a script for. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
  private Shell shell = Shell.BASH;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  CompletionCommand() {}

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    String name = root.getCommandName();
    PrintWriter out = spec.commandLine().getOut();
    switch (shell) {
      case BASH -> out.print(AutoComplete.bash(name, root));
      case ZSH -> {
        // As a file of zsh's own folder it is the body of a function that is called for a word.
        out.println("#compdef " + name);
        out.print(AutoComplete.bash(name, root));
        out.println("[[ -z $CURRENT ]] || _bash_complete -o default -F _complete_" + name);
      }
      case FISH -> FishCompletion.print(root, out);
    }
  }
}

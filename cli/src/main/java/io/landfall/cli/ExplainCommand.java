package io.landfall.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall explain URL}: what would happen to a request, and why. */
@Command(
    name = "explain",
    description = {
      "Say what this node would do with a GET for a URL now, and why.",
      "Exit code 0 when it would be answered, 1 when it would be declined."
    },
    footer = {
      "",
      "Examples:",
      "  landfall explain http://shop.lab/x",
      "  landfall explain shop.lab --json",
      "  landfall explain tcp://db"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URL",
      description = "With or without http:// in front; tcp://NAME for a TCP service.")
  private String url = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ExplainCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    return new ExplainRead(url).answer(root.client(), root.json(), spec.commandLine().getOut());
  }
}

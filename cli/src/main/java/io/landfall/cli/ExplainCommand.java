package io.landfall.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      "  landfall explain http://shop.lab/ --from 192.0.2.7",
      "  landfall explain tcp://db"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "URL",
      description = "With or without http:// in front; tcp://NAME for a TCP service.")
  private String url = "";

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      description =
          "What the rules of the service do with a client of this address: by which prefix, and how"
              + " limits count it. Nothing is counted.")
  private String from = "";

  @Option(
      names = "--request-field",
      paramLabel = "FIELD",
      description = "A field of its request, such as 'X-API-Key: a'; with --from, several times.")
  private List<String> fields = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ExplainCommand() {}

  @Override
  public Integer call() {
    if (!fields.isEmpty() && from.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--request-field needs --from, the address of the client");
    }
    Landfall root = Landfall.of(spec);
    return new ExplainRead(url, from, fields)
        .answer(root.client(), root.json(), spec.commandLine().getOut());
  }
}

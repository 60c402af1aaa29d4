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
      "With --request: what became of a request that is over, at each node that had it.",
      "Exit code 0 when it would be answered, 1 when it would be declined; with --request 1 when",
      "it is not known here any more. Requests have ids at nodes whose config has",
      "access-log or tracing."
    },
    footer = {
      "",
      "Examples:",
      "  landfall explain http://shop.lab/x",
      "  landfall explain shop.lab --json",
      "  landfall explain http://shop.lab/ --from 192.0.2.7",
      "  landfall explain tcp://db",
      "  landfall explain --request 4bf92f3577b34da6a3ce929d0e0e4736"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
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

  @Option(
      names = "--request",
      paramLabel = "ID",
      description = "The X-Request-ID of a request that is over; in place of a URL.")
  private String request = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ExplainCommand() {}

  @Override
  public Integer call() {
    if (url.isEmpty() == request.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "give a URL, or the id of a request with --request");
    }
    if (!request.isEmpty() && !from.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--from is for a URL: a request that is over has its client");
    }
    if (!fields.isEmpty() && from.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--request-field needs --from, the address of the client");
    }
    Landfall root = Landfall.of(spec);
    Read read = request.isEmpty() ? new ExplainRead(url, from, fields) : new RequestRead(request);
    return read.answer(root.client(), root.json(), spec.commandLine().getOut());
  }
}

package io.landfall.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code landfall drain service NAME}, {@code drain backend SERVICE URL} and {@code drain node}.
 */
@Command(
    name = "drain",
    description = "Let a node or a service leave without losing a request.",
    footer = {
      "",
      "Examples:",
      "  landfall drain service shop",
      "  landfall drain backend shop http://10.0.0.7:8080",
      "  landfall drain node"
    })
final class DrainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  DrainCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Drain what? service NAME, backend SERVICE URL, or node");
  }

  @Command(
      name = "service",
      description = "Send new requests for a service elsewhere; finish those that are here.",
      footer = {"", "Examples:", "  landfall drain service shop"})
  int service(@Parameters(paramLabel = "NAME", description = "The service.") String name) {
    return post("{\"service\":\"" + ServiceArgument.name(spec, name) + "\"}");
  }

  @Command(
      name = "backend",
      description =
          "Send new requests for a service to its other backends; this one finishes what it has.",
      footer = {"", "Examples:", "  landfall drain backend shop http://10.0.0.7:8080"})
  int backend(
      @Parameters(paramLabel = "SERVICE", description = "The service.") String service,
      @Parameters(paramLabel = "URL", description = "The backend's, as the config has it.")
          String url) {
    return post(ServiceArgument.backend(spec, service, url));
  }

  @Command(
      name = "node",
      description =
          "Drain this node: its services, then its announcements to the Internet (RFC 8326).",
      footer = {"", "Examples:", "  landfall drain node"})
  int node() {
    return post("{\"node\":true}");
  }

  private int post(String body) {
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("POST", "/v1/drain", body));
    return ExitCode.OK;
  }
}

package io.landfall.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall undrain service NAME} and {@code landfall undrain node}. */
@Command(
    name = "undrain",
    description = "Take a drain back.",
    footer = {"", "Examples:", "  landfall undrain service shop", "  landfall undrain node"})
final class UndrainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  UndrainCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Undrain what? service NAME, or node");
  }

  @Command(
      name = "service",
      description = "Let a service take new requests here again.",
      footer = {"", "Examples:", "  landfall undrain service shop"})
  int service(@Parameters(paramLabel = "NAME", description = "The service.") String name) {
    return post("{\"service\":\"" + ServiceArgument.name(spec, name) + "\"}");
  }

  @Command(
      name = "node",
      description = "Let this node take traffic again.",
      footer = {"", "Examples:", "  landfall undrain node"})
  int node() {
    return post("{\"node\":true}");
  }

  private int post(String body) {
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("POST", "/v1/undrain", body));
    return ExitCode.OK;
  }
}

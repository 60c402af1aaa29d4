package io.landfall.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code landfall undrain service NAME}, {@code undrain backend SERVICE URL} and {@code undrain
 * node}.
 */
@Command(
    name = "undrain",
    description = "Take a drain back.",
    footer = {
      "",
      "Examples:",
      "  landfall undrain service shop",
      "  landfall undrain backend shop http://10.0.0.7:8080",
      "  landfall undrain node"
    })
final class UndrainCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  UndrainCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Undrain what? service NAME, backend SERVICE URL, or node");
  }

  @Command(
      name = "service",
      description = "Let a service take new requests here again.",
      footer = {"", "Examples:", "  landfall undrain service shop"})
  int service(@Parameters(paramLabel = "NAME", description = "The service.") String name) {
    return post("{\"service\":\"" + ServiceArgument.name(spec, name) + "\"}");
  }

  @Command(
      name = "backend",
      description = "Let a backend of a service take new requests again.",
      footer = {"", "Examples:", "  landfall undrain backend shop http://10.0.0.7:8080"})
  int backend(
      @Parameters(paramLabel = "SERVICE", description = "The service.") String service,
      @Parameters(paramLabel = "URL", description = "The backend's, as the config has it.")
          String url) {
    return post(ServiceArgument.backend(spec, service, url));
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

package io.landfall.cli;

import io.landfall.admin.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code landfall maintenance}, {@code maintenance on SERVICE} and {@code maintenance off SERVICE}.
 */
@Command(
    name = "maintenance",
    description = {
      "Answer requests for a service with 503 at this node, or list the services for which it does.",
      "It holds for requests that land at this node only, and over restarts: give it at each site.",
      "The service stays advertised, and requests that other nodes forward here are served."
    },
    footer = {
      "",
      "Examples:",
      "  landfall maintenance",
      "  landfall maintenance on shop --retry-after 10m",
      "  landfall maintenance off shop"
    })
final class MaintenanceCommand implements Callable<Integer> {
  private static final long SECOND_MILLIS = 1_000;

  /** The shortest and the longest time that clients can be told to stay away. */
  private static final DurationArgument RETRY_AFTER =
      new DurationArgument("--retry-after", SECOND_MILLIS, 86_400_000, "1s..24h");

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  MaintenanceCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    return new MaintenanceRead().answer(root.client(), root.json(), spec.commandLine().getOut());
  }

  @Command(
      name = "on",
      description = {
        "Answer requests for a service that land at this node with 503 and Retry-After.",
        "The page and the clients that are served all the same are those of services.NAME.maintenance."
      },
      footer = {"", "Examples:", "  landfall maintenance on shop --retry-after 10m"})
  int on(
      @Parameters(paramLabel = "SERVICE", description = "The service.") String service,
      @Option(
              names = "--retry-after",
              paramLabel = "TIME",
              defaultValue = "",
              description =
                  "What Retry-After has, 1s to 24h; without it what the config has, else 5m.")
          String retryAfter) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("service", ServiceArgument.name(spec, service));
    body.put("on", true);
    if (!retryAfter.isEmpty()) {
      body.put(
          "retryAfterSeconds", Math.ceilDiv(RETRY_AFTER.millis(spec, retryAfter), SECOND_MILLIS));
    }
    return post(body);
  }

  @Command(
      name = "off",
      description = "Serve a service again.",
      footer = {"", "Examples:", "  landfall maintenance off shop"})
  int off(@Parameters(paramLabel = "SERVICE", description = "The service.") String service) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("service", ServiceArgument.name(spec, service));
    body.put("on", false);
    return post(body);
  }

  private int post(Map<String, Object> body) {
    Landfall root = Landfall.of(spec);
    root.printAnswer(
        root.client().command("POST", "/v1/maintenance", JsonWriter.text(body).strip()));
    return ExitCode.OK;
  }
}

package io.landfall.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall announce SERVICE}: a service says that it is up. */
@Command(
    name = "announce",
    description = {
      "Say that a service is up here; with --ttl, as a lease that ends unless it is renewed.",
      "Without --ttl it has no end, and a lease that was taken before is over."
    },
    footer = {"", "Examples:", "  landfall announce shop", "  landfall announce shop --ttl 5s"})
final class AnnounceCommand implements Callable<Integer> {
  /** The shortest and the longest lease that a node grants. */
  private static final DurationArgument TTL =
      new DurationArgument("--ttl", 100, 86_400_000, "100ms..24h");

  @Parameters(paramLabel = "SERVICE", description = "The service's name.")
  private String service = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "How long it holds without renewal, 100ms to 24h: 500ms, 5s, 1m.")
  private String ttl = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  AnnounceCommand() {}

  @Override
  public Integer call() {
    String body = ttl.isEmpty() ? "" : "{\"ttlMillis\":" + TTL.millis(spec, ttl) + "}";
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("PUT", ServiceArgument.path(spec, service), body));
    return ExitCode.OK;
  }
}

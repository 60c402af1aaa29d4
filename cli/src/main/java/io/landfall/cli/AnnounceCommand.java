package io.landfall.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
  private static final long MIN_TTL_MILLIS = 100;

  private static final long MAX_TTL_MILLIS = 86_400_000;

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
    String body = ttl.isEmpty() ? "" : "{\"ttlMillis\":" + millis() + "}";
    Landfall root = Landfall.of(spec);
    root.printAnswer(root.client().command("PUT", ServiceArgument.path(spec, service), body));
    return ExitCode.OK;
  }

  private long millis() {
    String text = ttl.toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < text.length() && Character.digit(text.charAt(digits), 10) >= 0) {
      digits++;
    }
    long unit =
        switch (text.substring(digits)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 0;
        };
    if (digits == 0 || digits > 9 || unit == 0) {
      throw new ParameterException(
          spec.commandLine(), "'" + ttl + "' is not a duration; write 500ms, 5s or 1m");
    }
    long millis = Long.parseLong(text.substring(0, digits)) * unit;
    if (millis < MIN_TTL_MILLIS || millis > MAX_TTL_MILLIS) {
      throw new ParameterException(
          spec.commandLine(),
          "--ttl " + ttl + " is outside 100ms..24h; write a time in that range");
    }
    return millis;
  }
}

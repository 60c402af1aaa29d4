package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.PurgeReport;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code landfall purge}: what no node's cache must answer with any more. */
@Command(
    name = "purge",
    description = {
      "Purge what the caches of all nodes have stored.",
      "Needs exactly one of --url, --prefix, --host, --tag, and --service with --all.",
      "Exit code 0 means that all have applied it; a node that is not reached",
      "applies it before it serves from its cache again."
    },
    footer = {
      "",
      "Examples:",
      "  landfall purge --url http://shop.example/logo.png",
      "  landfall purge --prefix shop.example/images --soft",
      "  landfall purge --tag product-17 --tag product-18",
      "  landfall purge --service shop --all"
    })
final class PurgeCommand implements Callable<Integer> {
  private static final String TAG = "tag";
  private static final DurationArgument WAIT = new DurationArgument("--wait", 0, 60_000, "0s..60s");

  @Option(
      names = "--url",
      paramLabel = "U",
      description = "One URL, all its variants, http and https.")
  private @Nullable String url;

  @Option(
      names = "--prefix",
      paramLabel = "U",
      description = "A host with a path: all there and below, by whole segments.")
  private @Nullable String prefix;

  @Option(names = "--host", paramLabel = "H", description = "All of a host.")
  private @Nullable String host;

  @Option(
      names = "--tag",
      paramLabel = "T",
      description = {
        "All with this tag (Surrogate-Key, Cache-Tag), of every service.",
        "May be given several times: one purge for each."
      })
  private List<String> tags = List.of();

  @Option(names = "--service", paramLabel = "S", description = "A service; with --all.")
  private @Nullable String service;

  @Option(names = "--all", description = "All of the service.")
  private boolean all;

  @Option(
      names = "--soft",
      description = "Stale from now on instead of gone: validated before use.")
  private boolean soft;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "How long to wait for other nodes, 0s to 60s; ${DEFAULT-VALUE} if not given.")
  private String wait = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  PurgeCommand() {}

  @Override
  public Integer call() {
    Map<String, Object> body = new LinkedHashMap<>();
    put(body, "url", url);
    put(body, "prefix", prefix);
    put(body, "host", host);
    put(body, TAG, tags.isEmpty() ? null : tags.getFirst());
    put(body, "service", service == null ? null : ServiceArgument.name(spec, service));
    if (body.size() != 1) {
      throw wrong(
          "Purge what? Exactly one of --url U, --prefix U, --host H, --tag T, --service S --all");
    }
    if (all != body.containsKey("service")) {
      throw wrong(
          all ? "--all goes with --service S only" : "--service S takes --all: all of the service");
    }
    if (all) {
      body.put("all", true);
    }
    body.put("soft", soft);
    body.put("waitMillis", WAIT.millis(spec, wait));
    boolean complete = purge(body);
    for (String next : tags.stream().skip(1).toList()) {
      body.put(TAG, next);
      complete &= purge(body);
    }
    return complete ? ExitCode.OK : ExitCode.NO;
  }

  /** Sends one purge and prints its answer; whether all nodes have applied it. */
  private boolean purge(Map<String, Object> body) {
    Landfall root = Landfall.of(spec);
    String answer = root.client().command("POST", "/v1/purge", JsonWriter.text(body).strip());
    PurgeReport report = read(answer);
    root.printAnswer(answer);
    if (!root.json() && report.nodes().size() > 1) {
      print(report, spec.commandLine().getOut());
    }
    return report.complete();
  }

  private static PurgeReport read(String answer) {
    try {
      return JsonReader.read(answer, PurgeReport.class);
    } catch (IllegalArgumentException notOfTheModel) {
      throw CliFailure.notUnderstood(notOfTheModel);
    }
  }

  private static void print(PurgeReport report, PrintWriter out) {
    Table table = new Table("NODE", "OUTCOME", "LAG");
    for (PurgeReport.Node each : report.nodes()) {
      OptionalDouble lag = each.lagMillis();
      table.row(
          each.node(),
          each.outcome(),
          lag.isEmpty() ? "-" : String.format(Locale.ROOT, "%.1fms", lag.getAsDouble()));
    }
    table.print(out, "");
    out.flush();
  }

  private static void put(Map<String, Object> body, String name, @Nullable String value) {
    if (value != null) {
      body.put(name, value);
    }
  }

  private ParameterException wrong(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}

package io.landfall.cli;

import io.landfall.admin.json.JsonValue;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code landfall monitor requests}: requests as they end. */
@Command(
    name = "requests",
    description = {
      "Print requests as they end, one line each: served, forwarded or declined, and why.",
      "JSON is the access log's (docs/access-log.md). Where more come than are read, lines are lost,",
      "and a line tells how many. Those that had begun before are not shown.",
      "Needs no access log; ids are shown where the config has access-log or tracing.",
      "Ctrl-C ends it with exit code 0; a node that goes away ends it with 3."
    },
    footer = {
      "",
      "Examples:",
      "  landfall monitor requests --service shop --status 5xx",
      "  landfall monitor requests --slower 500ms",
      "  landfall monitor requests --id 4bf92f3577b34da6a3ce929d0e0e4736 --count 1 --json"
    })
final class MonitorRequestsCommand implements Callable<Integer> {
  private static final DurationArgument SLOWER =
      new DurationArgument("--slower", 1, 86_400_000, "1ms to 24h");

  private static final String GAP = "  ";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--service", paramLabel = "NAME", description = "Only those of this service.")
  private @Nullable String service;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only those with this status, such as 502, or 5xx; 0 if the client left.")
  private @Nullable String status;

  @Option(names = "--host", paramLabel = "HOST", description = "Only those for this host.")
  private @Nullable String host;

  @Option(
      names = "--slower",
      paramLabel = "TIME",
      description = "Only those that took at least so long.")
  private @Nullable String slower;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "Only the one with this X-Request-ID (ids: with access-log or tracing only).")
  private @Nullable String id;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End with exit code 0 after this many requests.")
  private long count = Long.MAX_VALUE;

  /** For picocli. */
  MonitorRequestsCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    String path = query().of("/v1/monitor/requests");
    return new LinesRead(path, count, MonitorRequestsCommand::print)
        .answer(root.client(), root.json(), spec.commandLine().getOut());
  }

  private QueryText query() {
    return new QueryText()
        .with("service", service)
        .with("status", status)
        .with("host", host)
        .with("slower", slower == null ? null : Long.toString(SLOWER.millis(spec, slower)))
        .with("id", id);
  }

  /** Prints a request, fitted to the terminal below its time. */
  static void print(JsonValue request, PrintWriter out) {
    String time = request.text("time") + GAP;
    if (LinesRead.isOf("lost", request)) {
      Table.printLine(out, time, request.text("why").toUpperCase(Locale.ROOT));
      return;
    }
    boolean http = !request.get("method").isNull();
    List<String> words = new ArrayList<>();
    words.add(request.text("status"));
    words.add(http ? request.text("method") : request.text("protocol"));
    words.add(http ? request.text("host") + request.text("target") : "-");
    words.add(Table.millis(request.get("duration_us").number() / 1_000));
    words.add(request.text("outcome"));
    words.add(request.text("reason"));
    words.add("service=" + request.text("service"));
    words.add("to=" + request.text("upstream"));
    words.add("client=" + request.text("client"));
    if (!request.get("from_node").isNull()) {
      words.add("from=" + request.text("from_node"));
    }
    if (!request.get("request_id").isNull()) {
      words.add("id=" + request.text("request_id"));
    }
    Table.printLine(out, time, String.join(GAP, words));
  }
}

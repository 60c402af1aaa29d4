package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code landfall monitor}: what changes, while it changes, and why. */
@Command(
    name = "monitor",
    subcommands = MonitorRequestsCommand.class,
    description = {
      "Print what changes in the overlay while it changes, one line each, with its cause.",
      "Ctrl-C ends it with exit code 0; a node that goes away ends it with 3."
    },
    footer = {
      "",
      "Examples:",
      "  landfall monitor",
      "  landfall monitor --service shop",
      "  landfall monitor --peer nyc --json | jq -c 'select(.type == \"refused\")'",
      "  landfall monitor --count 1 --service shop    wait for the next change",
      "  landfall monitor requests --status 5xx       requests as they end"
    })
final class MonitorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--peer",
      paramLabel = "PEER",
      description = "Only what came from, or is about, this peer.")
  private @Nullable String peer;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Only what is about this service, or the node of this name.")
  private @Nullable String service;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "End with exit code 0 after this many changes.")
  private long count = Long.MAX_VALUE;

  /** For picocli. */
  MonitorCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    PrintWriter out = spec.commandLine().getOut();
    return new LinesRead("/v1/monitor" + query(), count, EventText::print)
        .run(root.client(), root.json(), out);
  }

  private String query() {
    List<String> parts = new ArrayList<>();
    if (peer != null) {
      parts.add("peer=" + URLEncoder.encode(peer, UTF_8));
    }
    if (service != null) {
      parts.add("service=" + URLEncoder.encode(service, UTF_8));
    }
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }
}

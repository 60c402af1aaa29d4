package io.landfall.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code landfall show decisions} and which of them. */
@Command(
    name = FilteredRead.DECISIONS,
    description = {
      "The last requests: served, forwarded or declined, and why.",
      "Filters look through all that the node remembers, and hold at once."
    },
    footer = {
      "",
      "Examples:",
      "  landfall show decisions",
      "  landfall show decisions --service shop --status 5xx",
      "  landfall show decisions --outcome decline --watch",
      "  landfall show decisions --reason NO_SITE --json"
    })
final class ShowDecisionsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--service", paramLabel = "NAME", description = "Only those of this service.")
  private @Nullable String service;

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      completionCandidates = FilterValues.Outcomes.class,
      description = "Only those with this outcome: ${COMPLETION-CANDIDATES}.")
  private @Nullable String outcome;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those with this reason, such as NO_SITE.")
  private @Nullable String reason;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "Only those with this status, such as 502, or 5xx; 0 if the client left.")
  private @Nullable String status;

  /** For picocli. */
  ShowDecisionsCommand() {}

  @Override
  public Integer call() {
    QueryText query =
        new QueryText()
            .with("service", service)
            .with("outcome", outcome)
            .with("reason", reason)
            .with("status", status);
    return ShowCommand.print(
        spec, FilteredRead.DECISIONS, new FilteredRead(FilteredRead.DECISIONS, query));
  }
}

package io.landfall.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall show services [NAME] [--site SITE] [--state STATE] [--all-sites]}. */
@Command(
    name = FilteredRead.SERVICES,
    description = {
      "Services: the signal of each, here and at other sites, and why.",
      "With --site and --state only the places that match; with --all-sites whole rows of which",
      "one place matches. All filters hold at once. A service of no site is DOWN."
    },
    footer = {
      "",
      "Examples:",
      "  landfall show services",
      "  landfall show services 'shop*' --site nyc",
      "  landfall show services --state DOWN --watch",
      "  landfall show services --all-sites --watch"
    })
final class ShowServicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Only this service; * stands for any text.")
  private @Nullable String name;

  @Option(
      names = "--site",
      paramLabel = "SITE",
      description = "Only what is at this site: a node's name, or here.")
  private @Nullable String site;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      completionCandidates = FilterValues.States.class,
      description = "Only what is in this state: ${COMPLETION-CANDIDATES}.")
  private @Nullable String state;

  @Option(names = "--all-sites", description = "A row for each service and a column for each site.")
  private boolean allSites;

  /** For picocli. */
  ShowServicesCommand() {}

  @Override
  public Integer call() {
    QueryText query = new QueryText().with("name", name).with("site", site).with("state", state);
    return ShowCommand.print(
        spec,
        FilteredRead.SERVICES,
        allSites ? ServiceMatrix.of(query) : new FilteredRead(FilteredRead.SERVICES, query));
  }
}

package io.landfall.cli;

import io.landfall.config.SpellingSuggestion;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code landfall show ...}: every view of a running node. */
@Command(
    name = "show",
    subcommands = {
      ShowRoutesCommand.class,
      ShowPeersCommand.class,
      ShowServicesCommand.class,
      ShowRefusedCommand.class,
      ShowDecisionsCommand.class
    },
    description = "Show what a running node knows and did.",
    footer = {
      "",
      "Examples:",
      "  landfall show routes for 10.32.1.10 all",
      "  landfall --socket /tmp/lab/fra/admin.sock show peers",
      "  landfall show services --json | jq '.[].local.signal'"
    })
final class ShowCommand implements Runnable {
  private static final DurationArgument INTERVAL =
      new DurationArgument("--interval", 500, 3_600_000, "500ms to 1h");

  @Option(
      names = "--watch",
      scope = ScopeType.INHERIT,
      description = "Show it again and again, in place on a terminal; Ctrl-C ends it.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      defaultValue = "2s",
      description = "How often --watch asks (default: 2s).")
  private String interval = "2s";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** What is no view: views are subcommands, and are found before this. */
  @Parameters(hidden = true, arity = "0..*")
  private List<String> unknown = List.of();

  /** For picocli. */
  ShowCommand() {}

  /**
   * Asks and prints, once or again and again.
   *
   * @param spec that of a view
   * @param view what is shown
   * @param read what is asked
   */
  static int print(CommandSpec spec, String view, Read read) {
    Landfall root = Landfall.of(spec);
    ShowCommand show =
        (ShowCommand)
            (spec.userObject() instanceof ShowCommand own ? own : spec.parent().userObject());
    PrintWriter out = spec.commandLine().getOut();
    long millis = INTERVAL.millis(spec, show.interval);
    if (!show.watch) {
      return read.answer(root.client(), root.json(), out);
    }
    String heading = "landfall show " + view + ", each " + show.interval + ", Ctrl-C ends it";
    try (EndedByInterrupt ends = EndedByInterrupt.of(out)) {
      return new ReadAgain(read, heading, Table.onTerminal(), () -> ends.pause(millis))
          .answer(root.client(), root.json(), out);
    }
  }

  @Override
  public void run() {
    Set<String> views = new TreeSet<>(spec.subcommands().keySet());
    String all = String.join(", ", views);
    throw new ParameterException(
        spec.commandLine(),
        unknown.isEmpty()
            ? "Show what? There are " + all
            : "there is no view '"
                + Table.printable(unknown.getFirst())
                + "' to show"
                + SpellingSuggestion.to(unknown.getFirst(), views)
                    .map(view -> "; did you mean " + view + "?")
                    .orElse("; there are " + all));
  }

  @Command(
      name = StatusRead.VIEW,
      description = {
        "One page: how many of everything are in which state, and what is a problem.",
        "The exit code is 0 with problems too; for scripts: --json | jq -e '.problems == []'"
      },
      footer = {"", "Examples:", "  landfall show status"})
  int status() {
    return print(spec, StatusRead.VIEW, new StatusRead());
  }

  @Command(
      name = "ingress",
      description = "The Internet plane: prefixes, upstream sessions, updates sent.",
      footer = {"", "Examples:", "  landfall show ingress"})
  int ingress() {
    return show("ingress");
  }

  @Command(
      name = "bfd",
      description = "BFD: whether the paths to nodes and upstream routers are alive, both ways.",
      footer = {"", "Examples:", "  landfall show bfd"})
  int bfd() {
    return show("bfd");
  }

  @Command(
      name = "revocations",
      description = "The list of revocations in force, and what is wrong with its file.",
      footer = {"", "Examples:", "  landfall show revocations"})
  int revocations() {
    return show("revocations");
  }

  @Command(
      name = "tunnels",
      description = {
        "Requests that have switched protocols (WebSocket): how many, and at most.",
        "Since the start those that were opened, refused, turned away, idle and broken off."
      },
      footer = {"", "Examples:", "  landfall show tunnels"})
  int tunnels() {
    return show("tunnels");
  }

  @Command(
      name = "tls",
      description = "TLS towards clients: certificates, when they end, handshakes.",
      footer = {"", "Examples:", "  landfall show tls"})
  int tls() {
    return show("tls");
  }

  @Command(
      name = "cache",
      description = {
        "The cache: of each service what is stored, hits, misses and fetches.",
        "Of a URL: what is stored of it here; the exit code is 1 if nothing is."
      },
      footer = {"", "Examples:", "  landfall show cache", "  landfall show cache shop.lab/a"})
  int cache(
      @Parameters(paramLabel = "URL", arity = "0..1", description = "One URL.")
          @Nullable String url) {
    if (url == null) {
      return show("cache");
    }
    return print(spec, "cache", new CacheUrlRead(url));
  }

  @Command(
      name = "configuration",
      description =
          "The config in force: generation, hash, file, and the last attempt to change it.",
      footer = {"", "Examples:", "  landfall show configuration"})
  int configuration() {
    return show("configuration");
  }

  private int show(String view) {
    return print(spec, view, new ViewRead(view, Optional.empty()));
  }
}

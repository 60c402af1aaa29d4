package io.landfall.node;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.NodeConfig;
import io.landfall.trust.FileResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What is found while a start is prepared: problems, which keep the node from starting, and
 * warnings, which do not. Each with the line of its key.
 */
final class Findings {
  /** The most of either kind that are kept: after so many, mending comes first. */
  private static final int MAX_OF_A_KIND = 200;

  /** A part of a start that ends at the first thing wrong with it. */
  interface Part<T> {
    /** Prepares it. */
    T prepare() throws StartFailed;
  }

  /** A certificate that ends within this time is hardly meant to be started with. */
  static final Duration SOON = Duration.ofHours(1);

  private final NodeConfig config;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final List<ConfigProblem> warnings = new ArrayList<>();

  Findings(NodeConfig config) {
    this.config = config;
  }

  /** Something that keeps the node from starting. */
  void problem(String key, String rule, String fix) {
    add(problems, key, rule, fix);
  }

  /** Something that the node starts with, and that its operator should know. */
  void warn(String key, String rule, String fix) {
    add(warnings, key, rule, fix);
  }

  private void add(List<ConfigProblem> to, String key, String rule, String fix) {
    if (to.size() < MAX_OF_A_KIND) {
      String file = config.self().file().toString();
      to.add(
          new ConfigProblem(file, ConfigLoader.lineOf(config.self().file(), key), key, rule, fix));
    }
  }

  /**
   * A certificate that ends within {@link #SOON}: what goes on after a start has to be renewed
   * before.
   */
  void warnIfItEndsSoon(String key, String certificate, Instant until, Instant now, String fix) {
    if (!now.isAfter(until) && until.isBefore(now.plus(SOON))) {
      long minutes = Duration.between(now, until).toMinutes();
      warn(key, certificate + " ends at " + until + ", in " + minutes + " minutes", fix);
    }
  }

  /** What a file holds; a problem, and empty, when it cannot be used. */
  <T> Optional<T> value(String key, FileResult<T> result, String fix) {
    return switch (result) {
      case FileResult.Good<T>(T good) -> Optional.of(good);
      case FileResult.Bad<T> bad -> {
        // Some sentences end with what to do already.
        problem(key, bad.sentence(), bad.why().indexOf(';') < 0 ? fix : "");
        yield Optional.empty();
      }
    };
  }

  /** Prepares a part; what keeps it from starting is a problem, and then there is none. */
  <T> Optional<T> prepare(Part<T> part) {
    try {
      return Optional.of(part.prepare());
    } catch (StartFailed e) {
      problem(e.key(), e.rule(), "");
      return Optional.empty();
    }
  }

  /** Whether nothing keeps the node from starting. */
  boolean isStartable() {
    return problems.isEmpty();
  }

  /** The problems, in the order of the config. */
  List<ConfigProblem> problems() {
    return inOrder(problems);
  }

  /** The warnings, in the order of the config. */
  List<ConfigProblem> warnings() {
    return inOrder(warnings);
  }

  /** All problems as one failure, which names the key of the first. */
  StartFailed failure() {
    ConfigProblem first = problems().getFirst();
    return new StartFailed(first.key(), String.join("\n", sentences()).substring(prefix(first)));
  }

  /** Each problem in a sentence, in the order of the config. */
  List<String> sentences() {
    return problems().stream().map(Findings::sentence).toList();
  }

  private static String sentence(ConfigProblem problem) {
    return (problem.key().isEmpty() ? "" : problem.key() + ": ")
        + problem.rule()
        + (problem.fix().isEmpty() ? "" : "; " + problem.fix());
  }

  /** The failure puts the first key in front by itself. */
  private static int prefix(ConfigProblem first) {
    return first.key().isEmpty() ? 0 : first.key().length() + ": ".length();
  }

  private static List<ConfigProblem> inOrder(List<ConfigProblem> some) {
    return some.stream().sorted(Comparator.comparingInt(ConfigProblem::line)).toList();
  }
}

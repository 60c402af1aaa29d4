package io.landfall.node;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.core.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that a start does, short of listening: {@code landfall check} ends here, and {@code landfall
 * run} goes on from the plan that this made. So both print the same.
 */
public final class NodeCheck {
  /** For what a config is looked at. */
  public enum Purpose {
    /** To run with it now. */
    RUN,
    /**
     * To know whether it would run here. Where a node runs with it already, its ports are in use by
     * right.
     */
    CHECK_HERE,
    /**
     * To know whether a node that runs here with another config can go on with it: what that one
     * has open is not tried.
     */
    CHANGE,
    /**
     * To know whether it would run on another machine: addresses, names and programs that only that
     * one has are not looked for.
     */
    CHECK_ELSEWHERE
  }

  private final Optional<NodeConfig> config;
  private final Optional<StartPlan> plan;
  private final List<ConfigProblem> problems;
  private final List<ConfigProblem> warnings;

  private NodeCheck(
      Optional<NodeConfig> config,
      Optional<StartPlan> plan,
      List<ConfigProblem> problems,
      List<ConfigProblem> warnings) {
    this.config = config;
    this.plan = plan;
    this.problems = List.copyOf(problems);
    this.warnings = List.copyOf(warnings);
  }

  /** Reads a config, and everything that it names, at this machine's time. */
  public static NodeCheck of(Path file, Purpose purpose) {
    return of(file, purpose, WallClock.INSTANCE);
  }

  /** The same at the time of a clock. */
  static NodeCheck of(Path file, Purpose purpose, Clock clock) {
    return switch (ConfigLoader.load(file)) {
      case ConfigResult.Invalid invalid ->
          new NodeCheck(Optional.empty(), Optional.empty(), invalid.problems(), List.of());
      case ConfigResult.Valid valid -> {
        Findings findings = new Findings(valid.config());
        Optional<StartPlan> plan =
            StartPlan.of(valid.config(), clock, HostLookup.SYSTEM, purpose, findings);
        yield new NodeCheck(
            Optional.of(valid.config()),
            plan.map(each -> each.of(valid.text())),
            named(file, findings.problems()),
            both(valid.warnings(), named(file, findings.warnings())));
      }
    };
  }

  /** As the file was named on the command line. */
  private static List<ConfigProblem> named(Path file, List<ConfigProblem> some) {
    return some.stream().map(each -> each.in(file.toString())).toList();
  }

  private static List<ConfigProblem> both(List<ConfigProblem> one, List<ConfigProblem> other) {
    return Stream.concat(one.stream(), other.stream())
        .sorted(Comparator.comparingInt(ConfigProblem::line))
        .toList();
  }

  /** Whether a node starts from it. */
  public boolean isStartable() {
    return problems.isEmpty();
  }

  /** The config; empty when it breaks a rule by itself. */
  public Optional<NodeConfig> config() {
    return config;
  }

  /** What to start; empty when there is a problem. */
  Optional<StartPlan> plan() {
    return plan;
  }

  /** What keeps a node from starting, in the order of the file. */
  public List<ConfigProblem> problems() {
    return problems;
  }

  /** What a node starts with, and its operator should know, in the order of the file. */
  public List<ConfigProblem> warnings() {
    return warnings;
  }

  /** Both as lines for people: warnings are marked as such. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    warnings.forEach(each -> lines.add("warning: " + each));
    problems.forEach(each -> lines.add(each.toString()));
    return lines;
  }
}

package io.landfall.node;

import io.landfall.config.ConfigDifference;
import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.NodeConfig;
import io.landfall.config.RestartRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * A file that may be put in force, read whole: with all that a start would find of it, and what a
 * running node cannot take over.
 *
 * @param text its text; empty when it cannot be read
 * @param plan what to change to; empty when there is a problem
 * @param problems why it cannot be put in force, as lines with file, line, key and rule
 * @param warnings what may be put in force, and the operator should know
 */
record ConfigFile(
    String text, Optional<StartPlan> plan, List<String> problems, List<String> warnings) {
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Copies the lists. */
  ConfigFile {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * Reads a file. Blocks, on the disk and on names that are resolved; a file that is another one
   * after it was read than before is still being written.
   *
   * @param now the config in force
   */
  static ConfigFile read(Path file, Generation now) {
    return read(file, now, ConfigFile::text);
  }

  static ConfigFile read(Path file, Generation now, Function<Path, Optional<String>> reader) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      // A pipe would hold this thread, and with it every other change, until somebody writes to it.
      return new ConfigFile(
          "",
          Optional.empty(),
          List.of(file + ": is a pipe, a device or a socket; name a config file"),
          List.of());
    }
    Optional<String> before = reader.apply(file);
    NodeCheck check = NodeCheck.of(file, NodeCheck.Purpose.CHANGE);
    List<String> problems = new ArrayList<>();
    check.problems().forEach(problem -> problems.add(problem.toString()));
    // Of a file that is no config nothing is shown but what is wrong with it.
    String text = check.config().isPresent() ? before.orElse("") : "";
    if (problems.isEmpty() && isBeingWritten(file, before, reader)) {
      problems.add(file + ": is being written; apply it when it is whole");
    }
    if (problems.isEmpty()) {
      NodeConfig wanted = check.config().orElseThrow();
      for (ConfigProblem each :
          RestartRules.broken(now.plan().config(), wanted, ConfigDifference.of(now.text(), text))) {
        problems.add(each.in(file.toString()).toString());
      }
    }
    return new ConfigFile(
        text,
        problems.isEmpty() ? check.plan() : Optional.empty(),
        problems,
        check.warnings().stream().map(ConfigProblem::toString).toList());
  }

  /** Between two pieces of a file an editor or a copy takes less than this. */
  private static boolean isBeingWritten(
      Path file, Optional<String> before, Function<Path, Optional<String>> reader) {
    LockSupport.parkNanos(SETTLE_NANOS);
    return !before.equals(reader.apply(file));
  }

  /**
   * What who applies it should know beside that it is in force.
   *
   * @param ofStart the file of the start
   */
  String notes(Path wanted, Path ofStart) {
    StringBuilder lines = new StringBuilder();
    warnings.forEach(each -> lines.append("\nwarning: ").append(each));
    if (!wanted.equals(ofStart)) {
      lines.append("\nnote: a reload or restart of the node goes back to ").append(ofStart);
    }
    return lines.toString();
  }

  /** The text of a file; empty when it cannot be read, for which the check has a problem. */
  static Optional<String> text(Path file) {
    try {
      return Optional.of(SmallTextFile.read(file, (int) ConfigLoader.MAX_FILE_BYTES));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

package io.landfall.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything found wrong with one file so far. */
final class Problems {
  /** The most that are reported of one file; the rest follow once these are mended. */
  static final int MAX_PROBLEMS = 200;

  private final String file;
  private final List<ConfigProblem> found = new ArrayList<>();
  private final List<ConfigProblem> warnings = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(int line, String key, String rule, String fix) {
    if (found.size() < MAX_PROBLEMS) {
      found.add(new ConfigProblem(file, line, key, rule, fix));
    }
  }

  /** What is no problem, and worth a line to whoever checks the file. */
  void warn(int line, String key, String rule, String fix) {
    if (warnings.size() < MAX_PROBLEMS) {
      warnings.add(new ConfigProblem(file, line, key, rule, fix));
    }
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** The warnings in the order of the file. */
  List<ConfigProblem> warningsInOrder() {
    return inOrder(warnings);
  }

  /** In the order of the file. */
  List<ConfigProblem> inOrder() {
    return inOrder(found);
  }

  private static List<ConfigProblem> inOrder(List<ConfigProblem> some) {
    List<ConfigProblem> sorted = new ArrayList<>(some);
    sorted.sort(Comparator.comparingInt(ConfigProblem::line));
    return sorted;
  }
}

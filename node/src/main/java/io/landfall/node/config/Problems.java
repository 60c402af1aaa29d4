package io.landfall.node.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything found wrong with one file so far. */
final class Problems {
  /** The most that one file is told about; whoever has more starts with these. */
  static final int MAX_PROBLEMS = 200;

  private final String file;
  private final List<ConfigProblem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(int line, String key, String rule, String fix) {
    if (found.size() < MAX_PROBLEMS) {
      found.add(new ConfigProblem(file, line, key, rule, fix));
    }
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** In the order of the file. */
  List<ConfigProblem> inOrder() {
    List<ConfigProblem> sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(ConfigProblem::line));
    return sorted;
  }
}

package io.landfall.node.config;

import java.util.List;

/** What reading a config file gives: a valid config, or everything that is wrong with it. */
public sealed interface Loaded {
  /**
   * A valid config.
   *
   * @param config the config
   */
  record Valid(NodeConfig config) implements Loaded {}

  /**
   * Everything that is wrong, in the order of the file.
   *
   * @param problems at least one
   */
  record Invalid(List<ConfigProblem> problems) implements Loaded {
    /** Copies the list. */
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}

package io.landfall.config;

import java.util.List;

/** What reading a config file gives: a valid config, or everything that is wrong with it. */
public sealed interface ConfigResult {
  /**
   * A valid config.
   *
   * @param config the config
   * @param warnings what is valid, and does not do what its writer may expect, in the order of the
   *     file
   * @param text the text that it was read from
   */
  record Valid(NodeConfig config, List<ConfigProblem> warnings, String text)
      implements ConfigResult {
    /** Copies the list. */
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Everything that is wrong, in the order of the file.
   *
   * @param problems at least one
   */
  record Invalid(List<ConfigProblem> problems) implements ConfigResult {
    /** Copies the list. */
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}

package io.landfall.admin.model;

import java.util.List;

/**
 * What a config file has differently from the config in force.
 *
 * @param changes a line for each key, such as {@code ~ log.level: info -> debug}
 * @param problems why the node could not go on with the file, with file, line, key and rule; none
 *     when it could
 */
public record ConfigurationDiff(List<String> changes, List<String> problems) {
  /** Copies the lists. */
  public ConfigurationDiff {
    changes = List.copyOf(changes);
    problems = List.copyOf(problems);
  }
}

package io.landfall.node;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * What a start would find wrong with the keys and certificates that a valid config names, found
 * without starting anything.
 */
public final class KeyCheck {
  private KeyCheck() {}

  /**
   * Everything wrong with them.
   *
   * @param wallMillis the time at which they have to hold, milliseconds since 1970
   */
  public static List<ConfigProblem> problems(NodeConfig config, long wallMillis) {
    List<ConfigProblem> problems = new ArrayList<>();
    try {
      NodeTrust.believed(config, wallMillis);
    } catch (StartFailed e) {
      problems.add(problem(config, e.key(), e.rule()));
    }
    int index = 0;
    for (Listen listen : config.edge().map(EdgeConfig::listen).orElse(List.of())) {
      try {
        EdgeFromConfig.credentials(listen);
      } catch (StartFailed e) {
        problems.add(problem(config, "edge.listen[" + index + "].tls", e.rule()));
      }
      index++;
    }
    return problems;
  }

  private static ConfigProblem problem(NodeConfig config, String key, String rule) {
    // The rule's sentence names the file of the key or certificate and ends with what to do.
    return new ConfigProblem(
        config.self().file().toString(),
        ConfigLoader.lineOf(config.self().file(), key),
        key,
        rule,
        "");
  }
}

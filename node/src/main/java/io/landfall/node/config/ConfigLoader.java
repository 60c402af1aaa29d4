package io.landfall.node.config;

import java.nio.file.Path;
import java.util.List;

/** From a YAML file to a {@link NodeConfig}, or to every problem in it. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /** Reads and checks a config file. Never throws for what a file may contain. */
  public static Loaded load(Path file) {
    return new Loaded.Invalid(
        List.of(new ConfigProblem(file.toString(), 0, "", "cannot be read yet", "")));
  }
}

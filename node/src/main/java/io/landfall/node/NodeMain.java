package io.landfall.node;

import io.landfall.node.config.ConfigLoader;
import io.landfall.node.config.ConfigProblem;
import io.landfall.node.config.Loaded;
import java.nio.file.Path;

/** Where the daemon starts. */
public final class NodeMain {
  private NodeMain() {}

  /**
   * Runs a node until it is told to stop.
   *
   * @return the exit code of the process: 0 after a clean stop, 1 when the config is invalid or
   *     something could not start
   */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static int run(Path config) {
    return switch (ConfigLoader.load(config)) {
      case Loaded.Invalid invalid -> {
        for (ConfigProblem problem : invalid.problems()) {
          System.err.println(problem);
        }
        yield 1;
      }
      case Loaded.Valid valid -> {
        System.err.println("node " + valid.config().name() + ": not wired yet");
        yield 1;
      }
    };
  }
}

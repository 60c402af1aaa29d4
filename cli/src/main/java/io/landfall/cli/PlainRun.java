package io.landfall.cli;

import io.landfall.node.NodeMain;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The start of a node that is written plainly, recognised without picocli, which a node would read
 * for a tenth of a second of its start and keep for as long as it runs: {@code run -c FILE
 * [--takeover]}, options in any order. Whatever else stands there is picocli's to read.
 *
 * @param config the node's config
 * @param takesOver whether it takes over from the process that runs with this config
 */
record PlainRun(Path config, boolean takesOver) {
  private static final String LONG_CONFIG = "--config";

  /** The start that these arguments are; empty when they are anything else, or a mistake. */
  static Optional<PlainRun> of(List<String> args) {
    if (args.isEmpty() || !args.getFirst().equals("run")) {
      return Optional.empty();
    }
    @Nullable String config = null;
    boolean takesOver = false;
    for (int i = 1; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--takeover") && !takesOver) {
        takesOver = true;
      } else if (config == null
          && (arg.equals("-c") || arg.equals(LONG_CONFIG))
          && i + 1 < args.size()) {
        config = args.get(++i);
      } else if (config == null && arg.startsWith(LONG_CONFIG + "=")) {
        config = arg.substring(LONG_CONFIG.length() + 1);
      } else {
        return Optional.empty();
      }
    }
    return config == null || config.isEmpty() || "-@\"'".indexOf(config.charAt(0)) >= 0
        ? Optional.empty()
        : Optional.of(new PlainRun(Path.of(config), takesOver));
  }

  /** Runs the node to its end; the exit code. */
  int run() {
    return NodeMain.run(config, takesOver);
  }
}

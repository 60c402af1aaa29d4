package io.landfall.lab;

import io.landfall.node.NodeMain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where every process of a lab starts. It goes on to be a node or a backend, and ends when the lab
 * ends, however that happens: the lab holds the other end of its standard input, and a pipe closes
 * even when its holder is killed with SIGKILL and can tidy up nothing.
 */
public final class LabChild {
  /** First argument of a backend; the rest are {@link Backend}'s. */
  static final String BACKEND = "backend";

  /**
   * First argument of a node; the second is its config. What {@code landfall run} does, without the
   * command line's half second of CPU before it.
   */
  static final String NODE = "node";

  /** The same for a node that takes over from the one that runs with this config. */
  static final String TAKEOVER = "takeover";

  private static final int EXIT_ORPHANED = 3;
  private static final int EXIT_USAGE = 2;

  private LabChild() {}

  /** Becomes what the first argument says. */
  public static void main(String[] args) throws IOException {
    Thread.ofPlatform().daemon().name("lab-watch").start(LabChild::endWithTheLab);
    String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
    switch (args.length == 0 ? "" : args[0]) {
      case BACKEND -> Backend.main(rest);
      case NODE -> System.exit(NodeMain.run(Path.of(rest[0])));
      case TAKEOVER -> System.exit(NodeMain.run(Path.of(rest[0]), true));
      default -> System.exit(EXIT_USAGE);
    }
  }

  /** A lab that is gone needs no graceful stop: no process is left to see it. */
  private static void endWithTheLab() {
    try {
      while (System.in.read() >= 0) {
        // The lab never writes; whatever comes is not for us.
      }
    } catch (IOException e) {
      // A broken pipe says the same as its end.
    }
    Runtime.getRuntime().halt(EXIT_ORPHANED);
  }
}

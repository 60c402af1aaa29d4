package io.landfall.node;

import io.landfall.config.ConfigLoader;
import io.landfall.config.ConfigProblem;
import io.landfall.config.ConfigResult;
import io.landfall.config.NodeConfig;
import io.landfall.node.log.Logs;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Where the daemon starts. */
public final class NodeMain {
  private static final int EXIT_BROKEN = 70;

  private NodeMain() {}

  /**
   * Runs a node until it is told to stop by SIGTERM or SIGINT; SIGHUP reloads what can be.
   *
   * @return the exit code of the process: 0 after a clean stop, 1 when the config is invalid or
   *     something could not start
   */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static int run(Path config) {
    return switch (ConfigLoader.load(config)) {
      case ConfigResult.Invalid invalid -> {
        for (ConfigProblem problem : invalid.problems()) {
          System.err.println(problem);
        }
        yield 1;
      }
      case ConfigResult.Valid valid -> run(valid.config());
    };
  }

  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  private static int run(NodeConfig config) {
    Logs.start(config.log());
    Node node;
    try {
      // A control plane in an unknown state is worse than none: ending the process withdraws the
      // node.
      node = Node.start(config, () -> Runtime.getRuntime().halt(EXIT_BROKEN));
    } catch (StartFailed e) {
      System.err.println(config.file() + ": " + e.getMessage());
      return 1;
    }
    HangupSignal.on(node.revocations::reloadAndLog);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              node.close();
              stopped.countDown();
            },
            "landfall-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }
}

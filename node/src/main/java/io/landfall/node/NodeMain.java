package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import io.landfall.node.log.Logs;
import java.nio.file.Path;
import java.security.Security;
import java.util.concurrent.CountDownLatch;

/** Where the daemon starts. */
public final class NodeMain {
  private static final int EXIT_BROKEN = 70;

  /**
   * System property: how many changes of a route a reflector plays before it listens; 0 for none.
   */
  private static final String REHEARSED_CHANGES = "landfall.rehearsed-changes";

  /** Enough for the JVM to have compiled the way of a change: under a second of a processor. */
  private static final int USUAL_REHEARSED_CHANGES = 2_000;

  /** What a start takes beside waiting for other nodes: much more than it does. */
  private static final long START_MILLIS = 60_000;

  private NodeMain() {}

  /**
   * Runs a node until it is told to stop by SIGTERM or SIGINT; SIGHUP reloads what can be, and
   * SIGUSR1 opens the access log anew.
   *
   * @return the exit code of the process: 0 after a clean stop, 1 when the config is invalid or
   *     something could not start
   */
  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  public static int run(Path config) {
    // Names are resolved again and again, and the system's resolver keeps what may be kept.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    NodeCheck check = NodeCheck.of(config, NodeCheck.Purpose.RUN);
    check.lines().forEach(System.err::println);
    return check.plan().map(NodeMain::run).orElse(1);
  }

  @SuppressWarnings("SystemOut") // What a command says to the person who ran it.
  private static int run(StartPlan plan) {
    NodeConfig config = plan.config();
    Logs.start(config.operation().log());
    if (config.edge().isEmpty() && config.overlay().reflection().reflector()) {
      // Where no request is served, how fast the first withdrawal passes on is all that matters.
      WarmUp.withChanges(Integer.getInteger(REHEARSED_CHANGES, USUAL_REHEARSED_CHANGES));
    }
    ServiceManager manager = ServiceManager.of(System.getenv());
    manager.starting(Translate.startHoldNanos(config) / 1_000_000 + START_MILLIS);
    CountDownLatch stopRequested = new CountDownLatch(1);
    // Left to the JVM, they would end the process with 143 and 130: for a supervisor, a failure,
    // also while the node starts: then it stops as soon as it has.
    ProcessSignal.on("TERM", stopRequested::countDown);
    ProcessSignal.on("INT", stopRequested::countDown);
    Node node;
    try {
      // A control plane in an unknown state is worse than none: ending the process withdraws the
      // node.
      node = Node.start(plan, () -> Runtime.getRuntime().halt(EXIT_BROKEN));
    } catch (StartFailed e) {
      System.err.println(config.self().file() + ": " + FailureText.of(e));
      return 1;
    }
    ProcessSignal.on("HUP", () -> manager.reloading(() -> Reloads.log(node.reload("SIGHUP"))));
    ProcessSignal.on("USR1", node.records.log()::reopen);
    manager.watch(node.control);
    node.effects.inSync().thenRun(() -> manager.ready(config.name().value()));
    // Whatever else ends the process; after a stop by signal there is nothing left to close.
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "landfall-stop"));
    try {
      stopRequested.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    manager.stopping(NodeLeaving.mostMillis(node.inForce.get()));
    node.close();
    return 0;
  }
}

package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import io.landfall.core.ListeningSocket;
import io.landfall.node.log.Logs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the daemon starts. */
public final class NodeMain {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

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
   * SIGUSR1 opens the access log anew. Below a service manager, SIGWINCH starts the program anew to
   * take over.
   *
   * @return the exit code of the process: 0 after a clean stop, 1 when the config is invalid or
   *     something could not start
   */
  public static int run(Path config) {
    return run(config, false);
  }

  /**
   * The same.
   *
   * @param takesOver whether it takes over from the process of this node that runs, in place of
   *     starting beside nothing
   * @return the same
   */
  public static int run(Path config, boolean takesOver) {
    // Names are resolved again and again, and the system's resolver keeps what may be kept.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    NotedSignals signals = new NotedSignals(List.of("HUP", "USR1"));
    // What the process that runs has open is not tried.
    NodeCheck.Purpose purpose = takesOver ? NodeCheck.Purpose.CHANGE : NodeCheck.Purpose.RUN;
    Optional<String> text = takesOver ? ConfigFile.text(config) : Optional.empty();
    NodeCheck check = NodeCheck.of(config, purpose);
    // From here on nothing waits for who reads standard error.
    check.plan().ifPresent(plan -> Logs.start(plan.config().operation().log()));
    try {
      check.lines().forEach(Logs::say);
      return check.plan().map(plan -> run(plan, takesOver, text, signals)).orElse(1);
    } finally {
      Logs.flush();
    }
  }

  private static int run(
      StartPlan plan, boolean takesOver, Optional<String> text, NotedSignals signals) {
    NodeConfig config = plan.config();
    if (config.edge().isEmpty() && config.overlay().reflection().reflector()) {
      // Where no request is served, how fast the first withdrawal passes on is all that matters.
      WarmUp.withChanges(Integer.getInteger(REHEARSED_CHANGES, USUAL_REHEARSED_CHANGES));
    }
    ServiceManager manager = ServiceManager.of(System.getenv());
    manager.starting(Translate.startHoldNanos(config) / 1_000_000 + START_MILLIS);
    Ending ending = new Ending();
    Node node;
    try {
      node =
          takesOver
              ? takeOver(plan, text, ending)
              : Node.start(plan, NodeMain::broken, Inheritance.of(activated()));
    } catch (StartFailed e) {
      Logs.lastWords(config.self().file() + ": " + FailureText.of(e));
      return 1;
    }
    signals.on("HUP", () -> manager.reloading(() -> Reloads.log(node.reload("SIGHUP"))));
    signals.on("USR1", node.records.log()::reopen);
    ProgramUpgrade.onSignal(config.self().file(), System.getenv());
    manager.watch(node.control);
    node.background.execute(OpenJars::all);
    node.background.execute(AdminServer::loadMetrics);
    node.effects.inSync().thenRun(() -> manager.ready(config.name().value()));
    Optional<TakeoverDoor> door = TakeoverDoor.open(node, manager::succeeded);
    door.ifPresent(each -> each.successor().thenAccept(ending::behindSuccessor));
    // Whatever else ends the process; after a stop by signal there is nothing left to close.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "landfall-stop"));
    Optional<Set<String>> passed = ending.await();
    door.ifPresent(TakeoverDoor::close);
    if (passed.isPresent()) {
      node.closeBehindSuccessor(passed.get());
    } else {
      manager.stopping(NodeLeaving.mostMillis(node.inForce.get()));
      node.close();
    }
    return 0;
  }

  private static List<ListeningSocket> activated() throws StartFailed {
    try {
      List<ListeningSocket> open = ServiceManager.sockets(System.getenv());
      if (!open.isEmpty()) {
        log.atInfo()
            .addKeyValue("sockets", open.size())
            .log("the service manager listens for clients");
      }
      return open;
    } catch (IOException e) {
      throw new StartFailed("edge.listen", FailureText.of(e), e);
    }
  }

  private static void stop(Node node) {
    try {
      node.close();
    } finally {
      Logs.flush();
    }
  }

  /**
   * A control plane in an unknown state is worse than none: ending the process withdraws it. Why is
   * in the log, which gets a moment to be written.
   */
  private static void broken() {
    Logs.flush();
    Runtime.getRuntime().halt(EXIT_BROKEN);
  }

  private static Node takeOver(StartPlan plan, Optional<String> text, Ending ending)
      throws StartFailed {
    NodeConfig config = plan.config();
    try (Takeover takeover = Takeover.begin(config)) {
      Inheritance inherited =
          takeover.yielded(
              () -> {
                Logs.lastWords(Takeover.goneOn(config));
                Runtime.getRuntime().halt(1);
              });
      // What operators have asked for in the meantime is in the file.
      StartPlan now = plan.readAgain();
      now.operators().hold();
      Node node = Node.start(now, NodeMain::broken, inherited);
      try {
        takeover.finish(node, text, ending::isAsked);
        return node;
      } catch (StartFailed e) {
        // At once, and without a word to anybody: all that is open here is the other process's too.
        Logs.lastWords(config.self().file() + ": " + FailureText.of(e));
        Runtime.getRuntime().halt(1);
        throw e;
      }
    }
  }

  /** What ends the process in good order: a signal, or that another one has taken over. */
  private static final class Ending {
    private final CountDownLatch ends = new CountDownLatch(1);
    private volatile Optional<Set<String>> passed = Optional.empty();

    /**
     * From now on signals are noted. Left to the JVM, they would end the process with 143 and 130:
     * for a supervisor, a failure, also while the node starts: then it stops as soon as it has.
     */
    Ending() {
      ProcessSignal.on("TERM", ends::countDown);
      ProcessSignal.on("INT", ends::countDown);
    }

    /** Whether a signal has come. */
    boolean isAsked() {
      return ends.getCount() == 0;
    }

    void behindSuccessor(Set<String> upstreams) {
      passed = Optional.of(upstreams);
      ends.countDown();
    }

    /**
     * Waits for the end.
     *
     * @return empty for that of the node; else the upstreams whose sessions another process has
     */
    Optional<Set<String>> await() {
      try {
        ends.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return passed;
    }
  }
}

package io.landfall.node;

import io.landfall.admin.SocketFile;
import io.landfall.core.FailureText;
import io.landfall.core.ListeningSocket;
import io.landfall.edge.server.EdgeServer;
import io.landfall.node.peering.PassedSession;
import io.landfall.transport.Sockets;
import io.landfall.transport.takeover.TakeoverLine;
import io.landfall.transport.takeover.TakeoverListener;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets another process of this node take over: the side of the one that runs (decision 0029).
 *
 * <p>Until {@link TakeoverWords#DONE} this process can go on as before, and does when the other one
 * dies, fails or is late. It accepts and serves clients all the time.
 */
final class TakeoverDoor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  private static final long ANSWER_MILLIS = 10_000;

  /** How long it takes at most to have again what was given up. */
  private static final long GO_ON_MILLIS = 20_000;

  /** How long the other process may prepare itself, with nothing at stake. */
  private static final long PREPARE_MILLIS = 120_000;

  private final Node node;
  private final TakeoverYield yielding;
  private final EventLoopGroup loop;
  private final SocketFile file;
  private final TakeoverListener listener;
  private final CompletableFuture<Set<String>> successor = new CompletableFuture<>();

  private final IntConsumer announce;

  /** The conversation that goes on; null for none. */
  private volatile @Nullable TakeoverLine current;

  /** Done when the last conversation is over. */
  private volatile CompletableFuture<Void> over = CompletableFuture.completedFuture(null);

  private TakeoverDoor(Node node, IntConsumer announce) throws IOException {
    this.node = node;
    this.announce = announce;
    this.yielding = new TakeoverYield(node);
    this.loop = Sockets.loops(1, "landfall-takeover");
    this.file = SocketFile.replacing(TakeoverWords.socket(node.config));
    try {
      this.listener = TakeoverListener.open(loop, file.bindingPath(), this::converse);
      file.publish();
    } catch (IOException e) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      file.remove();
      throw e;
    }
  }

  /**
   * Opens it; a node that cannot runs without, and is restarted to be upgraded.
   *
   * @param announce takes the id of the process that has taken over, before that knows
   */
  static Optional<TakeoverDoor> open(Node node, IntConsumer announce) {
    if (!TakeoverLine.isPossible()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new TakeoverDoor(node, announce));
    } catch (IOException e) {
      log.atWarn().addKeyValue("why", FailureText.of(e)).log("no other process can take over");
      return Optional.empty();
    }
  }

  /** Done when another process has taken over, with the upstreams whose sessions it has. */
  CompletableFuture<Set<String>> successor() {
    return successor;
  }

  private void converse(TakeoverLine line) {
    CompletableFuture<Void> ends = new CompletableFuture<>();
    over = ends;
    current = line;
    try {
      talk(line);
    } finally {
      current = null;
      ends.complete(null);
    }
  }

  private void talk(TakeoverLine line) {
    Passed passed = new Passed(Map.of());
    boolean held = false;
    try {
      String hello = line.receive(ANSWER_MILLIS);
      int pid = line.peer().pid();
      Optional<String> refusal = refusalOf(hello).or(() -> refusalOf(pid));
      if (refusal.isEmpty()) {
        // From here on nobody changes the config: what the other process reads is in force here.
        refusal = node.configurations.hold();
      }
      if (refusal.isPresent()) {
        line.send(TakeoverWords.line(TakeoverWords.NO, refusal.get()));
        return;
      }
      held = true;
      log.atInfo().addKeyValue("pid", pid).log("another process prepares to take over");
      giveSockets(line);
      TakeoverWords.rest(line.receive(PREPARE_MILLIS), TakeoverWords.YIELD);
      yielding.begin("node " + node.config.name() + " goes on in another process");
      line.send(TakeoverWords.line(TakeoverWords.YIELDED, TakeoverWords.of(yielding.leases())));
      long most = Takeover.mostSyncMillis(node.config) + ANSWER_MILLIS;
      TakeoverWords.rest(line.receive(most), TakeoverWords.FINISH);
      node.control.execute(node.effects::release);
      passed = passSessions(line);
      TakeoverWords.rest(line.receive(ANSWER_MILLIS), TakeoverWords.DONE);
      log.atInfo().addKeyValue("pid", pid).log("another process has taken over");
      succeeded(line, pid, passed);
    } catch (Throwable e) { // also an Error: half of it given up, this process would be of no use
      if (!(e instanceof IOException)) {
        log.error("a fault of this program", e);
      }
      try {
        failed(line, FailureText.of(e), passed);
      } finally {
        if (held) {
          node.configurations.release();
        }
      }
    }
  }

  private void succeeded(TakeoverLine line, int pid, Passed passed) {
    announce.accept(pid);
    try {
      line.send(TakeoverWords.BYE);
    } catch (IOException e) {
      log.atInfo().addKeyValue("why", FailureText.of(e)).log("it does not wait for an answer");
    }
    successor.complete(passed.sockets().keySet());
  }

  private void failed(TakeoverLine line, String why, Passed passed) {
    log.atWarn()
        .addKeyValue("why", why)
        .log("the other process does not take over, this one stays");
    // It ends by either, also where it believes that it has taken over: never two.
    try {
      line.send(TakeoverWords.line(TakeoverWords.NO, why));
    } catch (IOException e) {
      log.atDebug().log("it is gone already");
    }
    line.close();
    goOn(passed);
    yielding.end();
  }

  private void goOn(Passed passed) {
    ControlLoop.waitFor(
        node.control.ask(
            () -> {
              node.ingress.goOn(passed.sockets().keySet());
              return true;
            }));
  }

  private Optional<String> refusalOf(String hello) {
    List<String> words = TakeoverWords.words(hello);
    if (words.size() < 2 || !words.getFirst().equals(TakeoverWords.HELLO)) {
      return Optional.of("it runs a version that takes over otherwise: restart it");
    }
    String own = TakeoverWords.node(node.config);
    if (!words.get(1).equals(own)) {
      return Optional.of("it is " + own + ", not " + words.get(1));
    }
    if (!node.effects.inSync().isDone()) {
      return Optional.of("it has just started, and waits for its peers; try again");
    }
    return node.isClosed() ? Optional.of("it stops") : Optional.empty();
  }

  /** Why a process may not take over by what it is; empty if it may. */
  private static Optional<String> refusalOf(int pid) {
    if (System.getenv("NOTIFY_SOCKET") == null) {
      return Optional.empty();
    }
    try {
      String own = Files.readString(Path.of("/proc/self/cgroup"));
      return own.equals(Files.readString(Path.of("/proc/" + pid + "/cgroup")))
          ? Optional.empty()
          : Optional.of(
              "it runs below a service manager, which would take a process from outside for none of"
                  + " its own: kill -WINCH "
                  + ProcessHandle.current().pid()
                  + " has it start the program anew");
    } catch (IOException e) {
      log.atDebug().addKeyValue("why", FailureText.of(e)).log("cgroups are not to be seen");
      return Optional.empty();
    }
  }

  private void giveSockets(TakeoverLine line) throws IOException {
    List<ListeningSocket> sockets = new ArrayList<>(node.listeners.sockets());
    EdgeServer edge = node.edge();
    if (edge != null) {
      sockets.addAll(edge.sockets());
    }
    sockets.addAll(node.adminSockets());
    int peers = answer(node, () -> node.overlay.plane().completePeers());
    line.send(TakeoverWords.line(TakeoverWords.WELCOME, peers + " " + TakeoverWords.of(sockets)));
    TakeoverWords.rest(line.receive(ANSWER_MILLIS), TakeoverWords.SOCKETS);
    line.pass(sockets.stream().map(ListeningSocket::descriptor).toList());
  }

  /** Sessions that were given up, by upstream. */
  private record Passed(Map<String, Integer> sockets) {}

  private Passed passSessions(TakeoverLine line) throws IOException {
    Passed passed = new Passed(answer(node, node.ingress::suspend));
    try {
      // Behind what was read of them before.
      IngressDriver.Passed given =
          answer(node, () -> node.ingress.passed(passed.sockets().keySet()));
      List<Integer> sockets = new ArrayList<>();
      for (PassedSession each : given.sessions()) {
        sockets.add(passed.sockets().getOrDefault(each.upstream(), -1));
      }
      sockets.addAll(given.bfdSockets());
      line.send(
          TakeoverWords.line(TakeoverWords.SESSIONS, TakeoverWords.ofSessions(given.sessions())));
      TakeoverWords.rest(line.receive(ANSWER_MILLIS), TakeoverWords.SESSIONS);
      line.pass(sockets);
      return passed;
    } catch (IOException e) {
      goOn(passed);
      throw e;
    }
  }

  /** What the control thread answers, which is soon. */
  static <T> T answer(Node node, Callable<T> question) throws IOException {
    try {
      return node.control.askWithin(ANSWER_MILLIS, question);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the control thread does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("this process stops", e);
    }
  }

  @Override
  public void close() {
    TakeoverLine open = current;
    if (open != null) {
      // The node stops: so does a process that was to take over. It goes on first, and then stops.
      open.close();
      ControlLoop.waitFor(over, GO_ON_MILLIS);
    }
    listener.close();
    if (!successor.isDone()) {
      // Else there is that of the other process by now, or soon.
      file.remove();
    }
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}

package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.core.FailureText;
import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.edge.server.EdgeServer;
import io.landfall.node.peering.PassedSession;
import io.landfall.transport.Sockets;
import io.landfall.transport.takeover.TakeoverLine;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over from the process of the same node that runs: the side of the new one (decision 0029).
 *
 * <p>As long as it has not ended the conversation with {@link TakeoverWords#DONE}, the other one
 * can go on; it does when this process ends, and this process ends when the other one has gone on.
 */
final class Takeover implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.takeover");

  private static final String KEY = "--takeover";
  private static final long ANSWER_MILLIS = 15_000;

  /** How long the overlay is waited for at least. */
  private static final long LEAST_SYNC_MILLIS = 6_000;

  /** What a start takes beside that: much more than it does. */
  private static final long START_MILLIS = 30_000;

  private final EventLoopGroup loop;
  private final TakeoverLine line;
  private int peers;
  private List<ListeningSocket> sockets = List.of();
  private volatile boolean done;

  private Takeover(EventLoopGroup loop, TakeoverLine line) {
    this.loop = loop;
    this.line = line;
  }

  /** How long the overlay is waited for at most, in milliseconds. */
  static long syncMillis(NodeConfig config) {
    return Math.max(LEAST_SYNC_MILLIS, Translate.startHoldNanos(config) / 1_000_000);
  }

  /** How long it takes at most from where the other process yields until this one is in sync. */
  static long mostSyncMillis(NodeConfig config) {
    return syncMillis(config) + START_MILLIS;
  }

  /**
   * Asks the process that runs for its listening sockets. It goes on as before.
   *
   * @throws StartFailed when there is none, or it refuses
   */
  static Takeover begin(NodeConfig config) throws StartFailed {
    Path socket = TakeoverWords.socket(config);
    if (!TakeoverLine.isPossible()) {
      throw new StartFailed(KEY, "needs Linux and its epoll");
    }
    EventLoopGroup loop = Sockets.loops(1, "landfall-takeover");
    TakeoverLine line;
    try {
      line = TakeoverLine.connect(loop, socket);
    } catch (IOException e) {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new StartFailed(
          KEY,
          FailureText.of(e)
              + ": no node of this config runs that could be taken over; start without --takeover,"
              + " or restart a node of a version that cannot pass its sockets on",
          e);
    }
    Takeover takeover = new Takeover(loop, line);
    try {
      takeover.introduce(config);
      return takeover;
    } catch (IOException e) {
      takeover.close();
      throw new StartFailed(KEY, FailureText.of(e), e);
    } catch (StartFailed e) {
      takeover.close();
      throw e;
    }
  }

  private void introduce(NodeConfig config) throws IOException, StartFailed {
    line.send(TakeoverWords.line(TakeoverWords.HELLO, TakeoverWords.node(config)));
    String answer = line.receive(ANSWER_MILLIS);
    if (answer.startsWith(TakeoverWords.NO + " ")) {
      throw new StartFailed(
          KEY, "the node that runs refuses: " + TakeoverWords.rest(answer, TakeoverWords.NO));
    }
    List<String> words = TakeoverWords.words(TakeoverWords.rest(answer, TakeoverWords.WELCOME));
    peers = number(words.getFirst());
    List<ListeningSocket> listed = new ArrayList<>();
    for (String each : words.subList(1, words.size())) {
      listed.add(TakeoverWords.listening(each));
    }
    List<Integer> open = line.ask(TakeoverWords.SOCKETS, listed.size(), ANSWER_MILLIS);
    List<ListeningSocket> all = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      ListeningSocket of = listed.get(i);
      all.add(new ListeningSocket(of.use(), of.address(), open.get(i), of.keyed()));
    }
    sockets = all;
  }

  private static int number(String text) throws IOException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IOException("'" + text + "' is no number", e);
    }
  }

  /**
   * Has the other process leave the overlay. From now on it takes it back if this process ends.
   *
   * @param goneOn called when the other process went on by itself
   * @throws StartFailed when it does not leave
   */
  Inheritance yielded(Runnable goneOn) throws StartFailed {
    line.whenClosed(
        () -> {
          if (!done) {
            goneOn.run();
          }
        });
    try {
      line.send(TakeoverWords.YIELD);
      String answer = line.receive(ANSWER_MILLIS + START_MILLIS);
      Map<ServiceName, Long> leases = new TreeMap<>();
      TakeoverWords.leases(TakeoverWords.rest(answer, TakeoverWords.YIELDED))
          .forEach((name, left) -> leases.put(name, TimeUnit.MILLISECONDS.toNanos(left)));
      return new Inheritance(new GivenSockets(sockets), OptionalInt.of(peers), leases);
    } catch (IOException e) {
      throw new StartFailed(KEY, FailureText.of(e), e);
    }
  }

  /**
   * Waits until this process is in sync; then it takes the sessions with upstreams, accepts
   * clients, and the other one leaves.
   *
   * @param text the config as it was read
   * @param toldToStop whether this process was told to stop meanwhile
   * @throws StartFailed when the other one does not; it goes on, and this process has to end at
   *     once
   */
  void finish(Node node, Optional<String> text, BooleanSupplier toldToStop) throws StartFailed {
    EdgeServer edge = node.edge();
    ControlLoop.waitFor(node.effects.inSync(), syncMillis(node.config) + ANSWER_MILLIS);
    if (!ConfigFile.text(node.config.self().file()).equals(text)) {
      throw new StartFailed(KEY, "the config was changed meanwhile; try again");
    }
    checkNotStopped(toldToStop);
    try {
      line.send(TakeoverWords.FINISH);
      List<PassedSession> sessions =
          TakeoverWords.sessions(
              TakeoverWords.rest(line.receive(ANSWER_MILLIS), TakeoverWords.SESSIONS));
      int watched = (int) sessions.stream().filter(each -> each.bfd().isPresent()).count();
      List<Integer> open =
          line.ask(TakeoverWords.SESSIONS, sessions.size() + watched, ANSWER_MILLIS);
      if (edge != null) {
        edge.accept();
      }
      TakeoverDoor.answer(
          node,
          () -> {
            node.ingress.takeOver(sessions, open);
            return true;
          });
      checkNotStopped(toldToStop);
      done();
      String answer = line.receive(ANSWER_MILLIS);
      if (answer.startsWith(TakeoverWords.NO + " ")) {
        throw new StartFailed(
            KEY, "the node that runs goes on: " + TakeoverWords.rest(answer, TakeoverWords.NO));
      }
    } catch (IOException e) {
      if (!done) {
        throw new StartFailed(KEY, FailureText.of(e), e);
      }
      log.atWarn().addKeyValue("why", FailureText.of(e)).log("the process before did not say bye");
    }
    node.operators.release();
    node.configurations.release();
    node.acme.start();
    // Of listeners that have left the config.
    TakeoverLine.closeAll(node.inherited.sockets().takeRest());
    log.atInfo().addKeyValue("sockets", sockets.size()).log("taken over");
  }

  /** From here on the other one leaves; if it has gone on meanwhile, it never gets this word. */
  private void done() throws StartFailed {
    done = true;
    try {
      line.send(TakeoverWords.DONE);
    } catch (IOException e) {
      throw new StartFailed(KEY, "the node that runs has gone on: " + FailureText.of(e), e);
    }
  }

  private static void checkNotStopped(BooleanSupplier toldToStop) throws StartFailed {
    if (toldToStop.getAsBoolean()) {
      throw new StartFailed(KEY, "told to stop; the node that runs goes on");
    }
  }

  /** The words for people when the other process went on by itself. */
  static String goneOn(NodeConfig config) {
    return config.self().file()
        + ": "
        + KEY
        + ": the node that runs has gone on by itself, so this process ends; its log has why ("
        + SocketText.clean(TakeoverWords.socket(config).toString())
        + ")";
  }

  @Override
  public void close() {
    done = true;
    line.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}

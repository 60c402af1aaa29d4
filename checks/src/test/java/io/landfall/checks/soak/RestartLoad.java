package io.landfall.checks.soak;

import io.landfall.testkit.TestRouter;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients of an anycast prefix, each request on a connection of its own: they land, by turns, at
 * the nodes whose router has the prefix, at one that leaves only where there is no other.
 */
final class RestartLoad implements Closeable {
  /** A host that every client asks for, and what its backends answer. */
  record Service(String host, String answer) {}

  private static final int ANSWER_MILLIS = 20_000;
  private static final int PAUSE_MILLIS = 20;
  private static final int KEPT_FAILURES = 20;

  final Tally tally = new Tally();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);

  /** Nodes that were killed and do not accept connections yet. */
  private final Set<Integer> killed = ConcurrentHashMap.newKeySet();

  private final InetAddress from;
  private final List<InetSocketAddress> nodes;
  private final List<TestRouter> routers;

  /**
   * No client yet.
   *
   * @param routers what each node is announced to, in the order of the nodes
   */
  RestartLoad(InetAddress from, List<InetSocketAddress> nodes, List<TestRouter> routers) {
    this.from = from;
    this.nodes = List.copyOf(nodes);
    this.routers = List.copyOf(routers);
  }

  /** One more client, without end. */
  void start(Service service) {
    int first = threads.size();
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    for (int number = first;
                        !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                        number++) {
                      ask(landing(number), service, "load");
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** A node gets SIGKILL now: what it loses is its own. */
  void killing(int node) {
    killed.add(node);
  }

  /** It is back. */
  void isBack(int node) {
    killed.remove(node);
  }

  private int landing(int number) {
    for (TestRouter.Prefix state : List.of(TestRouter.Prefix.USUAL, TestRouter.Prefix.LEAVING)) {
      List<Integer> there = new ArrayList<>();
      for (int i = 0; i < routers.size(); i++) {
        if (routers.get(i).prefix() == state) {
          there.add(i);
        }
      }
      if (!there.isEmpty()) {
        return there.get(number % there.size());
      }
    }
    failed("the prefix is announced nowhere");
    return 0;
  }

  /** One GET at a node, which counts under this word. */
  void ask(int node, Service service, String word) {
    boolean wasKilled = killed.contains(node);
    tally.add(word);
    try (Socket socket = Connections.plain(from, nodes.get(node))) {
      socket.setSoTimeout(ANSWER_MILLIS);
      String got = get(socket, service.host());
      if (!got.equals("200 " + service.answer())) {
        failed("%s: GET %s at node %d: %s".formatted(word, service.host(), node + 1, got));
      }
    } catch (IOException e) {
      if (wasKilled || killed.contains(node)) {
        tally.add("lost at the node that was killed");
      } else if (e instanceof ConnectException
          && routers.get(node).prefix() == TestRouter.Prefix.NONE) {
        tally.add("refused behind the withdrawal");
      } else {
        failed("%s: GET %s at node %d: %s".formatted(word, service.host(), node + 1, e));
      }
    }
  }

  /** The status and the body of the answer to a GET. */
  private static String get(Socket socket, String host) throws IOException {
    socket
        .getOutputStream()
        .write(
            ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    InputStream in = new BufferedInputStream(socket.getInputStream());
    String answer = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    int body = answer.indexOf("\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 ") || body < 0) {
      throw new IOException("no answer but '" + answer + "'");
    }
    return answer.split(" ", 3)[1] + " " + answer.substring(body + 4);
  }

  private void failed(String what) {
    tally.add("failed");
    if (failures.size() < KEPT_FAILURES) {
      failures.add(Instant.now() + " " + String.join(" | ", what.lines().toList()));
    }
  }

  /** The first failures, in words. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

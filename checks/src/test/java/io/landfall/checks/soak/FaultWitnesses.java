package io.landfall.checks.soak;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients of a {@link FaultyOrigin} behind nodes, at a steady rate: each looks for one thing that a
 * node can lose or damage between a backend and its client.
 */
final class FaultWitnesses implements Closeable {
  /** The host of the backend that closes its idle connections. */
  static final String IMPATIENT = "near.test";

  /**
   * The host of one that does not: a request that is not idempotent can meet the end of a
   * connection on any proxy, and is not what is looked for here.
   */
  static final String PATIENT = "shop.test";

  /** What the witnesses of cut bodies are for. */
  static final String CUT_IN_THE_BODY = "cut in the body";

  private static final int ANSWER_MILLIS = 10_000;
  private static final int KEPT_FAILURES = 5;

  /** How long the impatient backend keeps an idle connection. */
  static final int IDLE_MILLIS = 50;

  /** About as long as that: some requests meet the end of a connection. */
  private static final int LEAST_PAUSE_MILLIS = IDLE_MILLIS - 2;

  private static final int PAUSES = 5;

  /** More than what socket buffers between client and backend take at once. */
  private static final int UPLOAD_BYTES = 512 * 1024;

  final Tally tally = new Tally();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final InetAddress from;

  /** One look: fails with a sentence, or counts. */
  private interface Look {
    void once() throws IOException;
  }

  FaultWitnesses(InetAddress from) {
    this.from = from;
  }

  /** Starts to look at what a node makes of each fault. */
  void start(InetSocketAddress node) {
    repeat("idle connections at " + node, () -> reuse(node));
    repeat("cut bodies at " + node, () -> cut(node));
    repeat("early answers at " + node, () -> early(node));
    repeat("half-closed clients at " + node, () -> halfClosed(node));
  }

  private void repeat(String what, Look look) {
    threads.add(
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    do {
                      tally.add(what);
                      try {
                        look.once();
                      } catch (IOException e) {
                        failed(what + ": " + e);
                      }
                    } while (!stop.await(LEAST_PAUSE_MILLIS, TimeUnit.MILLISECONDS));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  /** GETs on one connection, as far apart as the backend keeps its own connections. */
  private void reuse(InetSocketAddress node) throws IOException {
    try (Socket socket = open(node)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int pause = 0; pause < PAUSES; pause++) {
        expect("200", GoodClients.exchange(socket, in, IMPATIENT, ""));
        tally.add("GETs");
        if (stop.await(LEAST_PAUSE_MILLIS + pause, TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A reset in a body without a length never looks like its end. */
  private void cut(InetSocketAddress node) throws IOException {
    try (Socket socket = open(node)) {
      send(socket, "GET " + FaultyOrigin.CUT + " HTTP/1.1\r\nHost: " + PATIENT + "\r\n\r\n");
      String got = rest(socket);
      if (got.startsWith("HTTP/1.1 200") && got.endsWith("\r\n0\r\n\r\n")) {
        failed("a response that a reset ended passed as complete");
      } else if (got.startsWith("HTTP/1.1 200")) {
        tally.add(CUT_IN_THE_BODY);
      } else if (got.isEmpty()) {
        // The reset overtook what was not sent yet: no client takes that for an answer.
        tally.add("cut before the head");
      } else if (!got.startsWith("HTTP/1.1 50")) {
        failed("a response that a reset ended: '" + got + "'");
      }
    }
  }

  /** What a backend answers before it has read the request arrives. */
  private void early(InetSocketAddress node) throws IOException {
    try (Socket socket = open(node)) {
      send(
          socket,
          "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
              .formatted(FaultyOrigin.EARLY, PATIENT, UPLOAD_BYTES));
      try {
        send(socket, "x".repeat(UPLOAD_BYTES));
      } catch (SocketException e) {
        // The node takes no more; its answer must be there all the same.
      }
      expect("413", status(rest(socket)));
    }
  }

  /** A client that sends no more than its request is answered, and its connection closed. */
  private void halfClosed(InetSocketAddress node) throws IOException {
    try (Socket socket = open(node)) {
      send(socket, "GET " + FaultyOrigin.GOOD + " HTTP/1.1\r\nHost: " + PATIENT + "\r\n\r\n");
      socket.shutdownOutput();
      String got = rest(socket);
      expect("200", status(got));
      if (!got.endsWith("good")) {
        failed("a half-closed client got no whole answer: '" + got + "'");
      }
    }
  }

  private Socket open(InetSocketAddress node) throws IOException {
    Socket socket = Connections.plain(from, node);
    socket.setSoTimeout(ANSWER_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** All that comes until the connection ends, in whichever way. */
  private static String rest(Socket socket) {
    StringBuilder got = new StringBuilder();
    try {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int b = in.read(); b >= 0; b = in.read()) {
        got.append((char) b);
      }
    } catch (SocketException e) {
      // A reset ends it too.
    } catch (IOException e) {
      got.append(" and then ").append(e);
    }
    return got.toString();
  }

  private static String status(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? answer.substring("HTTP/1.1 ".length()) : answer;
  }

  private void expect(String status, String answer) {
    if (!answer.startsWith(status)) {
      failed("'" + answer + "' instead of " + status);
    }
  }

  private void failed(String what) {
    tally.add("failed");
    if (failures.size() < KEPT_FAILURES) {
      failures.add(String.join(" | ", what.lines().toList()));
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

package io.landfall.checks.soak;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients that behave, each at a steady rate: GETs and POSTs by turns, some on a connection that is
 * kept, some on one of their own. Every answer has to be the right one. Their threads are not those
 * that thousands of attackers share: what is measured is the node.
 */
final class GoodClients implements Closeable {
  private static final long PAUSE_MILLIS = 100;

  /** What counts is whether they are answered: a machine that others use as well is slow. */
  private static final int ANSWER_MILLIS = 30_000;

  private static final int ON_ONE_CONNECTION = 8;
  private static final int KEPT_FAILURES = 5;

  final Tally tally = new Tally();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new java.util.concurrent.CopyOnWriteArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final InetAddress from;

  GoodClients(InetAddress from) {
    this.from = from;
  }

  /**
   * One that asks for a service at a node.
   *
   * @param origin the name of the backend that must answer
   */
  void start(InetSocketAddress node, String host, String origin) {
    threads.add(Thread.ofPlatform().daemon().start(() -> ask(node, host, origin)));
  }

  private void ask(InetSocketAddress node, String host, String origin) {
    try {
      int number = 0;
      while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        try (Socket socket = Connections.plain(from, node)) {
          socket.setSoTimeout(ANSWER_MILLIS);
          InputStream in = new BufferedInputStream(socket.getInputStream());
          do {
            once(socket, in, number++, host, origin);
          } while (number % ON_ONE_CONNECTION != 0
              && !stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (IOException e) {
          failed(host + " at " + node + ": " + e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void once(Socket socket, InputStream in, int number, String host, String origin)
      throws IOException {
    String body = number % 2 == 0 ? "" : "number " + number;
    long sent = System.nanoTime();
    String got = exchange(socket, in, host, body);
    long tookMillis = (System.nanoTime() - sent) / 1_000_000;
    tally.add(host + (body.isEmpty() ? " GET" : " POST"));
    if (tookMillis > 1_000) {
      tally.add("slower than 1 s");
    }
    String wanted = "200 " + Origin.answer(origin, body);
    if (!got.equals(wanted)) {
      failed(host + ": '" + got + "' instead of '" + wanted + "'");
    }
  }

  /** One request on a connection; the status and the body of its answer. */
  static String exchange(Socket socket, InputStream in, String host, String body)
      throws IOException {
    String head =
        body.isEmpty()
            ? "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"
            : "POST / HTTP/1.1\r\nHost: "
                + host
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n";
    socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
    String status = Origin.line(in);
    int length = 0;
    for (String field = Origin.line(in); !field.isEmpty(); field = Origin.line(in)) {
      if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(field.substring("content-length:".length()).strip());
      }
    }
    if (!status.startsWith("HTTP/1.1 ")) {
      throw new IOException("no answer but '" + status + "'");
    }
    return status.split(" ", 3)[1]
        + " "
        + new String(in.readNBytes(length), StandardCharsets.US_ASCII);
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

package io.landfall.checks.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients without mercy: each request is sent once, and anything but its answer is a failure. Half
 * of them keep their connection until they are asked to leave it, half have a new one each time.
 */
public final class TakeoverClients implements AutoCloseable {
  private static final int ANSWER_MILLIS = 30_000;

  /** How many requests have their answer. */
  public final AtomicLong answered = new AtomicLong();

  private final AtomicLong slowestNanos = new AtomicLong();

  /** What went wrong, and where. */
  public final List<String> failures = new CopyOnWriteArrayList<>();

  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean stops;

  /** How a connection comes to a node on which HTTP is spoken next. */
  interface Opening {
    Socket open() throws IOException;
  }

  /** Two more clients of a node, without end. */
  public void start(InetSocketAddress node, String host) {
    start(node.toString(), () -> connect(node), host);
  }

  /** Two clients of a node that have a new connection for each request. */
  public void startRenewing(InetSocketAddress node, String host) {
    startRenewing(node.toString(), () -> connect(node), host);
    startRenewing(node.toString(), () -> connect(node), host);
  }

  /** The same by another kind of connection. */
  void start(String name, Opening opening, String host) {
    threads.add(Thread.ofVirtual().start(() -> keeping(name, opening, host)));
    startRenewing(name, opening, host);
  }

  /** A client that has a new connection for each request. */
  void startRenewing(String name, Opening opening, String host) {
    threads.add(Thread.ofVirtual().start(() -> renewing(name, opening, host)));
  }

  /** A client over HTTP/2 that keeps its connection until it is asked to leave it. */
  void startHttp2(String name, Opening opening, String host) {
    threads.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!stops) {
                    try (TakeoverHttp2 http2 = new TakeoverHttp2(opening.open(), host)) {
                      while (http2.goesOn() && !stops) {
                        if (http2.ask()) {
                          answered.incrementAndGet();
                        }
                      }
                    } catch (IOException e) {
                      failures.add("HTTP/2, " + name + ": " + e);
                    }
                  }
                }));
  }

  private void keeping(String name, Opening opening, String host) {
    while (!stops) {
      try (Socket socket = opening.open()) {
        InputStream in = new BufferedInputStream(socket.getInputStream());
        boolean goesOn = true;
        while (goesOn && !stops) {
          goesOn = ask(socket, in, host, "");
        }
      } catch (IOException e) {
        failures.add("kept connection, " + host + " at " + name + ": " + e);
      }
    }
  }

  private void renewing(String name, Opening opening, String host) {
    while (!stops) {
      try (Socket socket = opening.open()) {
        ask(socket, socket.getInputStream(), host, "Connection: close\r\n");
      } catch (IOException e) {
        failures.add("new connection, " + host + " at " + name + ": " + e);
      }
    }
  }

  /** How long the slowest request took, in milliseconds. */
  public long slowestMillis() {
    return TimeUnit.NANOSECONDS.toMillis(slowestNanos.get());
  }

  static Socket connect(InetSocketAddress node) throws IOException {
    Socket socket = new Socket();
    socket.connect(node, ANSWER_MILLIS);
    socket.setSoTimeout(ANSWER_MILLIS);
    return socket;
  }

  /** One GET, which counts; whether its connection takes another one. */
  private boolean ask(Socket socket, InputStream in, String host, String fields)
      throws IOException {
    long begun = System.nanoTime();
    send(socket, "GET / HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n");
    Answer answer = Answer.read(in);
    long nanos = System.nanoTime() - begun;
    slowestNanos.accumulateAndGet(nanos, Math::max);
    if (answer.status != 200 || !answer.body.equals("ok")) {
      throw new IOException("answered " + answer);
    }
    answered.incrementAndGet();
    return answer.goesOn;
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Whether a node serves a host now. */
  public static boolean serves(InetSocketAddress node, String host) {
    try (Socket socket = connect(node)) {
      send(socket, "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      return Answer.read(socket.getInputStream()).status == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * A short answer.
   *
   * @param goesOn whether its connection takes another request
   */
  record Answer(int status, String body, boolean goesOn) {
    static Answer read(InputStream in) throws IOException {
      String line = StreamingOrigin.line(in);
      if (!line.startsWith("HTTP/1.1 ")) {
        throw new IOException("no answer but '" + line + "'");
      }
      int length = 0;
      boolean goesOn = true;
      for (String field = StreamingOrigin.line(in);
          !field.isEmpty();
          field = StreamingOrigin.line(in)) {
        String lower = field.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        goesOn &= !lower.equals("connection: close");
      }
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new IOException("the body ended early");
      }
      return new Answer(
          Integer.parseInt(line.split(" ", 3)[1]),
          new String(body, StandardCharsets.US_ASCII),
          goesOn);
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Ends after the requests that are under way. */
  public void stop() {
    stops = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

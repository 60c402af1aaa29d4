package io.landfall.node;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A backend in this process, which can be stopped, started again and told to misbehave. */
final class TestOrigin implements AutoCloseable {
  /** What becomes of a request that was read. */
  enum Mode {
    /** 200 with the origin's name. */
    ANSWER,
    /** Nothing: the connection stays open and silent. */
    HANG,
    /** The connection ends without a word; probes are answered. */
    DIE_BEFORE_HEAD,
    /** Probes are answered, everything else hangs. */
    HANG_BUT_FOR_PROBES,
    /** Probes are answered, everything else is once {@link TestOrigin#released} is. */
    ANSWER_WHEN_RELEASED,
    /** As {@link #ANSWER}, but with lines that end with LF alone. */
    BARE_LINE_FEEDS
  }

  /** A request's head as it arrived. */
  record Received(String line, List<String> fields) {
    List<String> all(String name) {
      return fields.stream()
          .filter(field -> field.regionMatches(true, 0, name + ":", 0, name.length() + 1))
          .map(field -> field.substring(name.length() + 1).strip())
          .toList();
    }
  }

  private final String name;
  private final InetSocketAddress address;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  final List<Received> received = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  volatile Mode mode = Mode.ANSWER;

  /** What {@link Mode#ANSWER_WHEN_RELEASED} waits for. */
  final CountDownLatch released = new CountDownLatch(1);

  private volatile ServerSocket server;

  /** How TLS is spoken to those who connect from now on; null for plain TCP. */
  volatile @Nullable SSLContext tls;

  TestOrigin(String name, InetAddress at) {
    this(name, new InetSocketAddress(at, 0));
  }

  TestOrigin(String name, InetSocketAddress at) {
    this.name = name;
    this.server = listen(at);
    this.address = (InetSocketAddress) server.getLocalSocketAddress();
  }

  private ServerSocket listen(InetSocketAddress at) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(at, 128);
      Thread.ofVirtual().start(() -> accept(listening));
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return (tls == null ? "http://" : "https://")
        + address.getAddress().getHostAddress()
        + ":"
        + address.getPort();
  }

  /** Requests that were no probe. */
  List<Received> requests() {
    return received.stream().filter(r -> !r.line().contains(" /healthz ")).toList();
  }

  /** As if killed: nobody listens, and every connection ends. */
  void stop() {
    close();
  }

  void restart() {
    server = listen(address);
  }

  private void accept(ServerSocket listening) {
    try {
      while (!listening.isClosed()) {
        Socket socket = listening.accept();
        connections.incrementAndGet();
        open.add(socket);
        if (listening.isClosed()) {
          // close() did not see it: a killed process keeps no connection.
          socket.close();
        }
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void serve(Socket socket) {
    SSLContext context = tls;
    try (socket;
        Socket above =
            context == null
                ? socket
                : context.getSocketFactory().createSocket(socket, null, true)) {
      InputStream in = new BufferedInputStream(above.getInputStream(), 65_536);
      OutputStream out = above.getOutputStream();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        List<String> fields = new ArrayList<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
          fields.add(field);
        }
        Received request = new Received(line, List.copyOf(fields));
        for (String length : request.all("content-length")) {
          in.skipNBytes(Long.parseLong(length));
        }
        received.add(request);
        boolean probe = line.contains(" /healthz ");
        boolean well = probe && mode != Mode.HANG && mode != Mode.BARE_LINE_FEEDS;
        switch (well ? Mode.ANSWER : mode) {
          case ANSWER -> out.write(answer("\r\n"));
          case BARE_LINE_FEEDS -> out.write(answer("\n"));
          case ANSWER_WHEN_RELEASED -> {
            released.await();
            out.write(answer("\r\n"));
          }
          case DIE_BEFORE_HEAD -> {
            return;
          }
          case HANG, HANG_BUT_FOR_PROBES -> in.read();
        }
      }
    } catch (IOException | InterruptedException e) {
      // The node went away: its business.
    } finally {
      open.remove(socket);
    }
  }

  private byte[] answer(String end) {
    String text = "HTTP/1.1 200 OK" + end + "Content-Length: " + name.length() + end + end + name;
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

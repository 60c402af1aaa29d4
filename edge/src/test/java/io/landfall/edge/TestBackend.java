package io.landfall.edge;

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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A small origin server on blocking sockets, which can be told to misbehave. */
public final class TestBackend implements AutoCloseable {
  /** A request as it arrived: request line and fields as sent, body unframed. */
  public record Received(String line, List<String> fields, long bodyLength) {
    public List<String> all(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return fields.stream()
          .filter(f -> f.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(f -> f.substring(prefix.length()).trim())
          .toList();
    }
  }

  /** What the server does with a request; returning false ends the connection. */
  public interface Behaviour {
    boolean answer(Received request, InputStream in, OutputStream out) throws IOException;
  }

  /** What is spoken above TCP, such as TLS. */
  public interface Layer {
    Socket over(Socket accepted) throws IOException;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final Layer layer;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  public final List<Received> received = new CopyOnWriteArrayList<>();
  public final List<Socket> accepted = Collections.synchronizedList(new ArrayList<>());

  public TestBackend(Behaviour behaviour) {
    this(behaviour, accepted -> accepted);
  }

  public TestBackend(Behaviour behaviour, Layer layer) {
    this.behaviour = behaviour;
    this.layer = layer;
    try {
      server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers every request with 200 and its own name. */
  public static TestBackend saying(String text) {
    return new TestBackend((request, in, out) -> ok(out, text));
  }

  public static boolean ok(OutputStream out, String text) throws IOException {
    return raw(out, "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
  }

  public static boolean raw(OutputStream out, String bytes) throws IOException {
    out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    return true;
  }

  /** Keeps a behaviour from its answer until a test lets it go on, or ends its thread. */
  public static void holdUntil(CountDownLatch go) {
    try {
      go.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many connections neither side has ended yet. */
  public int openConnections() {
    return open.size();
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        open.add(socket);
        accepted.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void serve(Socket socket) {
    try (socket;
        Socket above = layer.over(socket)) {
      InputStream in = new BufferedInputStream(above.getInputStream(), 65536);
      OutputStream out = above.getOutputStream();
      String line = line(in);
      boolean goOn = true;
      while (goOn && line != null) {
        List<String> fields = new ArrayList<>();
        for (String field = line(in); field != null && !field.isEmpty(); field = line(in)) {
          fields.add(field);
        }
        Received head = new Received(line, List.copyOf(fields), 0);
        long length = lazyBody(head) ? 0 : skipBody(head, in);
        Received whole = new Received(line, head.fields(), length);
        received.add(whole);
        goOn = behaviour.answer(whole, in, out);
        line = goOn ? line(in) : null;
      }
    } catch (IOException e) {
      // The edge went away: its business.
    } finally {
      open.remove(socket);
    }
  }

  /** Paths that start with /early are answered before their body is read. */
  private static boolean lazyBody(Received request) {
    return request.line().contains(" /early");
  }

  private static long skipBody(Received request, InputStream in) throws IOException {
    if (!request.all("transfer-encoding").isEmpty()) {
      long total = 0;
      while (true) {
        String size = line(in);
        if (size == null) {
          throw new IOException("the body ended inside");
        }
        long length = Long.parseLong(size, 16);
        in.skipNBytes(length);
        total += length;
        line(in);
        if (length == 0) {
          return total;
        }
      }
    }
    List<String> length = request.all("content-length");
    if (length.isEmpty()) {
      return 0;
    }
    in.skipNBytes(Long.parseLong(length.getFirst()));
    return Long.parseLong(length.getFirst());
  }

  private static @Nullable String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.substring(0, Math.max(0, line.length() - 1));
      }
      line.append((char) b);
    }
    return null;
  }

  /** Closes all connections but goes on accepting. */
  public void dropConnections() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    dropConnections();
  }

  /** Sends a response, and ends its connection with a reset. */
  public static TestBackend resetting(String response) {
    AtomicReference<TestBackend> self = new AtomicReference<>();
    TestBackend backend =
        new TestBackend(
            (request, in, out) -> {
              raw(out, response);
              for (Socket socket : List.copyOf(self.get().accepted)) {
                if (!socket.isClosed()) {
                  socket.setSoLinger(true, 0);
                }
              }
              return false;
            });
    self.set(backend);
    return backend;
  }
}

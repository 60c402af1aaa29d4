package io.landfall.checks.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A backend that reads requests by the letter of RFC 9112, and records what it was asked: what a
 * proxy in front of it has understood. Bytes that are no request are recorded as such.
 */
final class FramingBackend implements AutoCloseable {
  private static final int MOST = 1 << 20;

  private final ServerSocket server;

  /** Each request: its method, target and body. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  FramingBackend() {
    try {
      server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (List<String> head = head(in); !head.isEmpty(); head = head(in)) {
        String[] line = head.getFirst().split(" ", -1);
        String body = line.length == 3 ? body(head, in) : null;
        if (body == null) {
          asked.add("NO REQUEST " + String.join("|", head));
          return;
        }
        asked.add(line[0] + " " + line[1] + (body.isEmpty() ? "" : " with " + body));
        String content = line[0].equals("HEAD") ? "" : "ok";
        socket
            .getOutputStream()
            .write(("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + content).getBytes(ISO_8859_1));
      }
    } catch (IOException e) {
      // A proxy breaks off what a client breaks off.
    }
  }

  /** The lines of a head; none at the end of the connection. */
  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = line(in); line != null; line = line(in)) {
      if (line.isEmpty()) {
        return lines;
      }
      lines.add(line);
    }
    return List.of();
  }

  private static @Nullable String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet >= 0; octet = in.read()) {
      if (octet == '\r') {
        octet = in.read();
        if (octet == '\n') {
          return line.toString(ISO_8859_1);
        }
        line.write('\r');
      }
      line.write(octet);
    }
    return null;
  }

  /** The body; null if its length is not clear. */
  private static @Nullable String body(List<String> head, InputStream in) throws IOException {
    List<String> lengths = values(head, "content-length");
    List<String> codings = values(head, "transfer-encoding");
    if (codings.isEmpty() && lengths.isEmpty()) {
      return "";
    }
    if (codings.equals(List.of("chunked")) && lengths.isEmpty()) {
      return chunks(in);
    }
    if (codings.isEmpty() && lengths.size() == 1 && lengths.getFirst().matches("[0-9]{1,7}")) {
      return new String(in.readNBytes(Integer.parseInt(lengths.getFirst())), ISO_8859_1);
    }
    return null;
  }

  private static List<String> values(List<String> head, String name) {
    return head.stream()
        .skip(1)
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip().toLowerCase(Locale.ROOT))
        .toList();
  }

  private static @Nullable String chunks(InputStream in) throws IOException {
    StringBuilder body = new StringBuilder();
    while (body.length() < MOST) {
      String line = line(in);
      if (line == null || !line.matches("[0-9a-fA-F]{1,6}(;.*)?")) {
        return null;
      }
      int length = Integer.parseInt(line.replaceAll(";.*", ""), 16);
      if (length == 0) {
        head(in);
        return body.toString();
      }
      body.append(new String(in.readNBytes(length), ISO_8859_1));
      if (!"".equals(line(in))) {
        return null;
      }
    }
    return null;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.landfall.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One HTTP exchange on one connection, to a TCP address or a Unix socket, byte for byte. */
final class HttpWire {
  private static final long DEADLINE_MILLIS = 30_000;

  private HttpWire() {}

  /** An answer; the body as it was on the wire, chunks and all. */
  record Answer(int status, List<String> fields, String body) {
    /** The field's value, its lines joined as RFC 9110 section 5.3 allows. */
    Optional<String> field(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return fields.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .reduce((first, second) -> first + ", " + second);
    }
  }

  static Answer get(SocketAddress to, String host, String target, String... fields) {
    return send(to, "GET", host, target, "", fields);
  }

  static Answer send(
      SocketAddress to, String method, String host, String target, String body, String... fields) {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    request.append("Host: ").append(host).append("\r\nConnection: close\r\n");
    for (String field : fields) {
      request.append(field).append("\r\n");
    }
    if (!body.isEmpty() || method.equals("POST") || method.equals("PUT")) {
      request.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return raw(to, request.append("\r\n").append(body).toString());
  }

  /** Sends this and reads to the end of the connection. */
  static Answer raw(SocketAddress to, String request) {
    try (SocketChannel channel = SocketChannel.open(to)) {
      Thread watchdog = Thread.ofVirtual().start(() -> closeAtDeadline(channel));
      try {
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        while (channel.read(buffer.clear()) >= 0) {
          all.write(buffer.array(), 0, buffer.position());
        }
        return parse(all.toString(StandardCharsets.ISO_8859_1));
      } finally {
        watchdog.interrupt();
      }
    } catch (IOException e) {
      throw new AssertionError("no answer from " + to + ": " + e, e);
    }
  }

  private static void closeAtDeadline(SocketChannel channel) {
    try {
      // Not for synchronisation: a deadline, which ends a read that nothing else would end.
      TimeUnit.MILLISECONDS.sleep(DEADLINE_MILLIS);
      channel.close();
    } catch (InterruptedException | IOException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Answer parse(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("no whole answer: '" + text + "'");
    }
    List<String> lines = text.substring(0, end).lines().toList();
    int status = Integer.parseInt(lines.getFirst().split(" ", 3)[1]);
    return new Answer(status, lines.subList(1, lines.size()), text.substring(end + 4));
  }
}

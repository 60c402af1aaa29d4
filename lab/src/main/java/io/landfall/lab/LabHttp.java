package io.landfall.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The lab's own HTTP client: one request on one connection, to a TCP address or a Unix socket, with
 * any Host header. The JDK's client does neither sockets nor Host.
 */
public final class LabHttp {
  private static final int MAX_ANSWER_BYTES = 8 << 20;

  private LabHttp() {}

  /**
   * A request.
   *
   * @param method the method
   * @param host the Host field
   * @param target the target, with its query
   * @param body JSON, or empty for none
   */
  public record Request(String method, String host, String target, String body) {
    private byte[] bytes() {
      byte[] content = body.getBytes(StandardCharsets.UTF_8);
      String length =
          content.length == 0
              ? ""
              : "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n";
      byte[] head =
          "%s %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n"
              .formatted(method, target, host, length)
              .getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.allocate(head.length + content.length).put(head).put(content).array();
    }
  }

  /**
   * An answer.
   *
   * @param status the status code
   * @param headers the header fields as {@code name: value}, in order
   * @param body the body as text
   */
  public record Answer(int status, List<String> headers, String body) {
    /** The first field of that name. */
    public Optional<String> header(String name) {
      return headers(name).stream().findFirst();
    }

    /** All fields of that name, in order. */
    public List<String> headers(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(line -> line.substring(prefix.length()).strip())
          .toList();
    }
  }

  /**
   * Sends a GET and reads the answer to the end of the connection.
   *
   * @throws IOException when there is no connection, no whole answer, or no time left
   */
  public static Answer get(SocketAddress to, String host, String target, long timeoutMillis)
      throws IOException {
    return send(to, new Request("GET", host, target, ""), timeoutMillis);
  }

  /**
   * Sends a request and reads the answer to the end of the connection.
   *
   * @throws IOException when there is no connection, no whole answer, or no time left
   */
  public static Answer send(SocketAddress to, Request request, long timeoutMillis)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(to)) {
      // Closing the channel is the one thing that ends a read on a Unix socket in time.
      Thread watchdog = Thread.ofVirtual().start(() -> closeAfter(channel, timeoutMillis));
      try {
        ByteBuffer bytes = ByteBuffer.wrap(request.bytes());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        return parse(readAll(channel));
      } finally {
        watchdog.interrupt();
      }
    }
  }

  private static void closeAfter(SocketChannel channel, long timeoutMillis) {
    try {
      Thread.sleep(timeoutMillis);
      channel.close();
    } catch (InterruptedException e) {
      // The answer came in time.
    } catch (IOException e) {
      // Nothing is left to be closed.
    }
  }

  private static byte[] readAll(SocketChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
    while (channel.read(buffer.clear()) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      if (all.size() > MAX_ANSWER_BYTES) {
        throw new IOException("an answer of more than " + MAX_ANSWER_BYTES + " bytes");
      }
    }
    return all.toByteArray();
  }

  private static Answer parse(byte[] bytes) throws IOException {
    // One char for each byte, so that offsets in the text are offsets in the bytes.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 ")) {
      throw new IOException("no whole answer: " + text.substring(0, Math.min(80, text.length())));
    }
    List<String> lines = new ArrayList<>(text.substring(0, end).lines().toList());
    int status = Integer.parseInt(lines.removeFirst().split(" ", 3)[1]);
    String raw = text.substring(end + 4);
    Answer head = new Answer(status, lines, raw);
    boolean chunked = head.header("transfer-encoding").orElse("").equalsIgnoreCase("chunked");
    long expected = head.header("content-length").map(Long::parseLong).orElse((long) raw.length());
    if (!chunked && raw.length() < expected) {
      throw new IOException("the answer ended after " + raw.length() + " of " + expected);
    }
    String body = chunked ? unchunk(raw) : raw;
    byte[] bodyBytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return new Answer(status, List.copyOf(lines), new String(bodyBytes, StandardCharsets.UTF_8));
  }

  private static String unchunk(String raw) throws IOException {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (true) {
      int eol = raw.indexOf("\r\n", at);
      if (eol < 0) {
        throw new IOException("the chunked answer ended early");
      }
      int size = Integer.parseInt(raw.substring(at, eol).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        return body.toString();
      }
      if (eol + 2 + size > raw.length()) {
        throw new IOException("the chunked answer ended early");
      }
      body.append(raw, eol + 2, eol + 2 + size);
      at = eol + 2 + size + 2;
    }
  }
}

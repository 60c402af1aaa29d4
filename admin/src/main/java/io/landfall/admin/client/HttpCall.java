package io.landfall.admin.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1.1 request on a connection of its own (RFC 9112), to a Unix socket or a TCP address,
 * with any Host field. The JDK's own client reaches no Unix socket.
 */
public final class HttpCall {
  /** The largest answer that is read, head and body. */
  public static final int MAX_ANSWER_BYTES = 64 << 20;

  private static final String VERSION = "HTTP/1.1 ";
  private static final int STATUS_END = VERSION.length() + 3;
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int HEX = 16;

  private HttpCall() {}

  /**
   * A request.
   *
   * @param method the method
   * @param host the Host field
   * @param target the target, with its query
   * @param fields further fields, as {@code name: value}
   * @param body the content
   */
  public record Request(
      String method, String host, String target, List<String> fields, String body) {
    /** A request of the admin API: JSON, or no content. */
    public static Request json(String method, String host, String target, String body) {
      List<String> fields = body.isEmpty() ? List.of() : List.of("Content-Type: application/json");
      return new Request(method, host, target, fields, body);
    }

    byte[] bytes() {
      byte[] content = body.getBytes(UTF_8);
      StringBuilder head = new StringBuilder(method + " " + target + " " + VERSION.strip());
      head.append("\r\nHost: ").append(host).append("\r\nConnection: close\r\n");
      fields.forEach(field -> head.append(field).append("\r\n"));
      // RFC 9110 section 8.6: a method that has content by its meaning says so even when it is
      // empty.
      if (content.length > 0 || !method.equals("GET")) {
        head.append("Content-Length: ").append(content.length).append("\r\n");
      }
      byte[] start = head.append("\r\n").toString().getBytes(UTF_8);
      return ByteBuffer.allocate(start.length + content.length).put(start).put(content).array();
    }
  }

  /**
   * An answer.
   *
   * @param status the status code
   * @param headers the header fields as {@code name: value}, in order
   * @param content the body, without transfer coding
   */
  public record Answer(int status, List<String> headers, byte[] content) {
    /** The body as text. */
    public String body() {
      return new String(content, UTF_8);
    }

    /** The first field of that name. */
    public Optional<String> header(String name) {
      return headers(name).stream().findFirst();
    }

    /** All fields of that name, in order. */
    public List<String> headers(String name) {
      return fields(headers, name);
    }
  }

  private static List<String> fields(List<String> lines, String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return lines.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .toList();
  }

  /**
   * Sends a GET and reads the answer to the end of the connection.
   *
   * @throws IOException when there is no connection, no whole answer, or no time left
   */
  public static Answer get(SocketAddress to, String host, String target, long timeoutMillis)
      throws IOException {
    return send(to, Request.json("GET", host, target, ""), timeoutMillis);
  }

  /**
   * Sends a request and reads the answer to the end of the connection.
   *
   * @throws IOException when there is no connection, no whole answer, or no time left
   */
  public static Answer send(SocketAddress to, Request request, long timeoutMillis)
      throws IOException {
    return parse(exchange(to, request.bytes(), timeoutMillis));
  }

  /**
   * Connects, sends bytes, and reads all that comes to the end of the connection.
   *
   * @throws SocketTimeoutException when no end has come in time, be it that nothing accepts
   * @throws IOException when there is no connection, or more than {@link #MAX_ANSWER_BYTES}
   */
  public static byte[] exchange(SocketAddress to, byte[] request, long timeoutMillis)
      throws IOException {
    try (SocketChannel channel = unconnected(to)) {
      // Closing the channel is the one thing that ends a connect or read on a Unix socket in time.
      Thread watchdog =
          Thread.ofPlatform()
              .daemon()
              .name("timeout")
              .start(() -> closeAfter(channel, timeoutMillis));
      try {
        channel.connect(to);
        ByteBuffer bytes = ByteBuffer.wrap(request);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        return readAll(channel);
      } catch (ClosedChannelException e) {
        SocketTimeoutException late =
            new SocketTimeoutException("no answer within " + seconds(timeoutMillis) + " s");
        late.initCause(e);
        throw late;
      } finally {
        watchdog.interrupt();
      }
    }
  }

  private static SocketChannel unconnected(SocketAddress to) throws IOException {
    return to instanceof UnixDomainSocketAddress
        ? SocketChannel.open(StandardProtocolFamily.UNIX)
        : SocketChannel.open();
  }

  private static String seconds(long millis) {
    return millis % 1_000 == 0 ? "" + millis / 1_000 : "" + millis / 1_000.0;
  }

  private static void closeAfter(SocketChannel channel, long timeoutMillis) {
    try {
      TimeUnit.MILLISECONDS.sleep(timeoutMillis);
      channel.close();
    } catch (InterruptedException e) {
      // The answer came in time.
    } catch (IOException e) {
      // Nothing is left to be closed.
    }
  }

  private static byte[] readAll(SocketChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    while (channel.read(buffer.clear()) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      if (all.size() > MAX_ANSWER_BYTES) {
        throw new IOException("its answer is larger than " + MAX_ANSWER_BYTES + " bytes");
      }
    }
    return all.toByteArray();
  }

  /**
   * Reads an answer, whose body must be as long as its head says.
   *
   * @throws IOException when it is no HTTP/1.1, or was cut off
   */
  public static Answer parse(byte[] answer) throws IOException {
    // One char for each byte, so that offsets in the text are offsets in the bytes.
    String text = new String(answer, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("what answers there does not speak HTTP/1.1");
    }
    List<String> lines = new ArrayList<>(text.substring(0, end).lines().toList());
    int status = status(lines.removeFirst());
    byte[] body = Arrays.copyOfRange(answer, end + 4, answer.length);
    if (fields(lines, "transfer-encoding").stream().anyMatch("chunked"::equalsIgnoreCase)) {
      return new Answer(status, List.copyOf(lines), unchunked(text, end + 4));
    }
    for (String length : fields(lines, "content-length")) {
      if (!length.equals(Integer.toString(body.length))) {
        throw new IOException("its answer was cut off");
      }
    }
    return new Answer(status, List.copyOf(lines), body);
  }

  /**
   * The status code of a status line.
   *
   * @throws IOException when it is none of HTTP/1.1
   */
  static int status(String line) throws IOException {
    String digits =
        line.startsWith(VERSION) && line.length() >= STATUS_END
            ? line.substring(VERSION.length(), STATUS_END)
            : "";
    if (!digits.matches("[0-9]{3}")) {
      throw new IOException("what answers there does not speak HTTP/1.1");
    }
    return Integer.parseInt(digits);
  }

  /** The content of chunks (RFC 9112 section 7.1), of which the last is empty. */
  private static byte[] unchunked(String text, int from) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int at = from;
    while (true) {
      int eol = text.indexOf("\r\n", at);
      if (eol < 0) {
        throw new IOException("its answer was cut off");
      }
      int size = chunkBytes(text.substring(at, eol));
      int start = eol + 2;
      if (size > text.length() - start) {
        throw new IOException("its answer was cut off");
      }
      if (size == 0) {
        return body.toByteArray();
      }
      body.writeBytes(text.substring(start, start + size).getBytes(ISO_8859_1));
      at = start + size + 2;
    }
  }

  /**
   * The length of a chunk, from the line before it.
   *
   * @throws IOException when it is none
   */
  static int chunkBytes(String line) throws IOException {
    String digits = line.split(";", 2)[0].strip();
    if (!digits.matches("[0-9a-fA-F]{1,7}")) {
      throw new IOException("its chunks are not HTTP/1.1");
    }
    return Integer.parseInt(digits, HEX);
  }
}

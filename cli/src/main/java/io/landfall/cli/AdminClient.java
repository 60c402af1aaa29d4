package io.landfall.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One request to a node's admin socket: HTTP/1.1 with {@code Connection: close}, in plain JDK.
 *
 * <p>No HTTP library and no event loop: a command must be answered before its person has blinked.
 */
final class AdminClient {
  /** The largest answer that is read. */
  static final int MAX_ANSWER_BYTES = 64 << 20;

  /** How long a node may take. */
  static final long TIMEOUT_MILLIS = 10_000;

  private final Path socket;

  AdminClient(Path socket) {
    this.socket = socket;
  }

  /**
   * What the node said.
   *
   * @param status the HTTP status
   * @param body the body
   */
  record Answer(int status, String body) {}

  /** The body of a view. */
  String get(String path) {
    return accepted(exchange("GET", path, ""));
  }

  /**
   * The body of a view of something that a person named: a question that cannot have an answer is a
   * wrong command line, one that has none now is a no.
   */
  String look(String path) {
    Answer answer = exchange("GET", path, "");
    return switch (answer.status()) {
      case 400 -> throw new CliFailure(ExitCode.USAGE, detail(answer));
      case 404 -> throw new CliFailure(ExitCode.NO, detail(answer));
      default -> accepted(answer);
    };
  }

  /** Begins to read a stream of lines. */
  AdminStream stream(String path) {
    try {
      return AdminStream.open(socket, path);
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(reason(e));
    }
  }

  /** Gives a command; the body of the answer when the node did it. */
  String command(String method, String path, String body) {
    return accepted(exchange(method, path, body));
  }

  /** The body of an answer that is no text. */
  byte[] download(String path) {
    byte[] response = raw("GET", path, "");
    Answer answer = parsed(response, ISO_8859_1);
    return answer.status() == 200
        ? answer.body().getBytes(ISO_8859_1)
        : accepted(parsed(response, UTF_8)).getBytes(UTF_8);
  }

  private static String accepted(Answer answer) {
    if (answer.status() == 200) {
      return answer.body();
    }
    throw new CliFailure(
        ExitCode.NO, "the node refused (" + answer.status() + "): " + detail(answer));
  }

  static String detail(Answer answer) {
    try {
      return JsonReader.read(answer.body(), Problem.class).detail();
    } catch (IllegalArgumentException notJson) {
      return answer.body().isBlank() ? "no reason given" : answer.body().strip();
    }
  }

  private Answer exchange(String method, String path, String body) {
    return parsed(raw(method, path, body), UTF_8);
  }

  private Answer parsed(byte[] response, Charset charset) {
    try {
      return parse(new String(response, charset), charset);
    } catch (IOException e) {
      throw unreachable(reason(e));
    }
  }

  private byte[] raw(String method, String path, String body) {
    byte[] content = body.getBytes(UTF_8);
    String head =
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json"
            + "\r\nContent-Length: "
            + content.length
            + "\r\n\r\n";
    Thread caller = Thread.currentThread();
    Thread watchdog = Thread.ofPlatform().daemon().name("timeout").start(() -> expire(caller));
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      write(channel, head.getBytes(UTF_8));
      write(channel, content);
      return read(channel);
    } catch (ClosedByInterruptException e) {
      throw unreachable("no answer within " + TIMEOUT_MILLIS / 1_000 + " s");
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(reason(e));
    } finally {
      watchdog.interrupt();
    }
  }

  private static void expire(Thread caller) {
    try {
      Thread.sleep(TIMEOUT_MILLIS);
      caller.interrupt();
    } catch (InterruptedException answeredInTime) {
      Thread.currentThread().interrupt();
    }
  }

  private String reason(Exception e) {
    if (!Files.exists(socket)) {
      return "no such socket";
    }
    if (!Files.isWritable(socket)) {
      return "this user may not use the socket";
    }
    String message = e.getMessage();
    return message == null ? e.toString() : message.toLowerCase(Locale.ROOT);
  }

  private CliFailure unreachable(String why) {
    return new CliFailure(
        ExitCode.UNREACHABLE,
        "cannot reach the node at " + socket + ": " + why + "; is it running? see --socket");
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static byte[] read(SocketChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
    while (channel.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
      if (all.size() > MAX_ANSWER_BYTES) {
        throw new IOException("its answer is larger than " + MAX_ANSWER_BYTES + " bytes");
      }
    }
    return all.toByteArray();
  }

  /** Reads a status and a body that must be as long as it says. */
  static Answer parse(String response) throws IOException {
    return parse(response, UTF_8);
  }

  private static Answer parse(String response, Charset charset) throws IOException {
    int end = response.indexOf("\r\n\r\n");
    if (end < 0 || !response.startsWith("HTTP/1.1 ") || response.length() < 12) {
      throw new IOException("what answers there does not speak HTTP/1.1");
    }
    int status;
    long length = -1;
    try {
      status = Integer.parseInt(response.substring(9, 12));
      for (String line : response.substring(0, end).split("\r\n")) {
        if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Long.parseLong(line.substring(15).strip());
        }
      }
    } catch (NumberFormatException e) {
      throw new IOException("what answers there does not speak HTTP/1.1", e);
    }
    String body = response.substring(end + 4);
    if (length >= 0 && body.getBytes(charset).length != length) {
      throw new IOException("its answer was cut off");
    }
    return new Answer(status, body);
  }
}

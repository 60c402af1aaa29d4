package io.landfall.edge.cache;

import io.landfall.edge.TestBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An origin whose bodies are known from the path and the version: {@code /name/length}. A name that
 * begins with {@code chunked} comes without a length. All may be stored, and are tagged {@code all}
 * and with their path.
 */
final class LoadOrigin implements AutoCloseable {
  /** What bodies repeat, so that long ones cost no time to make. */
  private static final int PERIOD = 1 << 16;

  /** The version that it serves. */
  final AtomicInteger version = new AtomicInteger(1);

  final TestBackend backend = new TestBackend((request, in, out) -> answer(request, out));

  /** How long the body of a path is. */
  static long length(String path) {
    return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
  }

  /** What a body repeats: its version stands at the beginning. */
  static byte[] pattern(String path, int version) {
    byte[] bytes = new byte[(int) Math.min(PERIOD, length(path))];
    int seed = Math.floorMod(path.hashCode() + version * 31, 26);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ('a' + (i * 7 + (i >> 9) + seed) % 26);
    }
    byte[] head = String.format(Locale.ROOT, "%08d ", version).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));
    return bytes;
  }

  /** The version that a body begins with; -1 if it has none. */
  static int version(byte[] body, int read) {
    int found = 0;
    for (int i = 0; i < 8; i++) {
      if (i >= read || body[i] < '0' || body[i] > '9') {
        return -1;
      }
      found = found * 10 + body[i] - '0';
    }
    return found;
  }

  /** Whether these are the bytes from a position of a body on. */
  static boolean matches(byte[] pattern, long position, byte[] bytes, int length) {
    int done = 0;
    while (done < length) {
      int at = (int) ((position + done) % pattern.length);
      int now = Math.min(length - done, pattern.length - at);
      if (!Arrays.equals(pattern, at, at + now, bytes, done, done + now)) {
        return false;
      }
      done += now;
    }
    return true;
  }

  private boolean answer(TestBackend.Received request, OutputStream out) throws IOException {
    String path = request.line().split(" ")[1];
    int now = version.get();
    String tag = "\"v" + now + "\"";
    String head =
        "ETag: " + tag + "\r\nCache-Control: max-age=600\r\nSurrogate-Key: all " + path + "\r\n";
    if (request.all("if-none-match").contains(tag)) {
      return TestBackend.raw(out, "HTTP/1.1 304 Not Modified\r\n" + head + "\r\n");
    }
    long length = length(path);
    boolean chunked = path.startsWith("/chunked");
    String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
    boolean _ = TestBackend.raw(out, "HTTP/1.1 200 OK\r\n" + head + framing + "\r\n\r\n");
    byte[] pattern = pattern(path, now);
    for (long left = length; left > 0; left -= pattern.length) {
      int piece = (int) Math.min(left, pattern.length);
      if (chunked) {
        boolean _ = TestBackend.raw(out, Integer.toHexString(piece) + "\r\n");
      }
      out.write(pattern, 0, piece);
      if (chunked) {
        boolean _ = TestBackend.raw(out, "\r\n");
      }
    }
    if (chunked) {
      boolean _ = TestBackend.raw(out, "0\r\n\r\n");
    }
    out.flush();
    return true;
  }

  @Override
  public void close() {
    backend.close();
  }
}

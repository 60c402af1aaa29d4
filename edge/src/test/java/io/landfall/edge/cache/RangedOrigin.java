package io.landfall.edge.cache;

import io.landfall.edge.TestBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** An origin that serves one body of some length in versions, whole or one part of it. */
final class RangedOrigin implements AutoCloseable {
  final TestBackend backend = new TestBackend((request, in, out) -> answer(request, out));
  volatile long length;
  volatile int version = 1;
  volatile String control = "max-age=60";
  volatile Kind kind = Kind.RANGES;

  /** Whether each answer is of another version. */
  volatile boolean changes;

  /** Further lines of each head, each with its end. */
  volatile String more = "";

  /** How it answers a request for a part. */
  enum Kind {
    /** As RFC 9110 has it. */
    RANGES,
    /** With all of it. */
    WHOLE,
    /** With a weak entity tag. */
    WEAK,
    /** Without one. */
    UNTAGGED,
    /** With a Content-Range that is one byte off. */
    SHIFTED,
    /** With less than was asked for. */
    SHORT,
    /** With a Content-Range of one byte more than comes. */
    LONGER,
    /** As several parts. */
    MULTIPART,
    /** Without the length of the whole. */
    ENDLESS,
    /** With an error. */
    FAILS
  }

  RangedOrigin(long length) {
    this.length = length;
  }

  /** A byte of a version. */
  static byte at(int version, long position) {
    return (byte) ('a' + Math.floorMod(position * 7 + (position >> 9) + version * 11L, 26));
  }

  /** Bytes of a version, from one to behind another. */
  static String text(int version, long from, long to) {
    byte[] bytes = new byte[(int) (to - from)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = at(version, from + i);
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private boolean answer(TestBackend.Received request, OutputStream out) throws IOException {
    int now = version;
    version = changes ? now + 1 : now;
    String tag = (kind == Kind.WEAK ? "W/" : "") + "\"v" + now + "\"";
    if (kind == Kind.FAILS) {
      return TestBackend.raw(out, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
    }
    String head =
        "Cache-Control: "
            + control
            + "\r\nContent-Type: text/plain\r\n"
            + more
            + (kind == Kind.UNTAGGED ? "" : "ETag: " + tag + "\r\n");
    if (request.all("if-none-match").contains(tag)) {
      return TestBackend.raw(out, "HTTP/1.1 304 Not Modified\r\n" + head + "\r\n");
    }
    boolean ranged = !request.all("range").isEmpty() && kind != Kind.WHOLE;
    return ranged
        ? part(request.all("range").getFirst(), now, head, out)
        : TestBackend.raw(
            out, "HTTP/1.1 200 OK\r\n" + head + length(length) + text(now, 0, length));
  }

  private boolean part(String range, int now, String head, OutputStream out) throws IOException {
    String spec = range.substring(range.indexOf('=') + 1);
    int dash = spec.indexOf('-');
    long suffix = dash == 0 ? Long.parseLong(spec.substring(1)) : 0;
    long from = dash == 0 ? Math.max(0, length - suffix) : Long.parseLong(spec.substring(0, dash));
    String end = spec.substring(dash + 1);
    long to = dash == 0 || end.isEmpty() ? length : Math.min(length, Long.parseLong(end) + 1);
    if (from >= length) {
      return TestBackend.raw(
          out,
          "HTTP/1.1 416 No\r\nContent-Range: bytes */" + length + "\r\nContent-Length: 0\r\n\r\n");
    }
    long first = from + (kind == Kind.SHIFTED ? 1 : 0);
    long behind = kind == Kind.SHORT && to - from > 1 ? to - 1 : to;
    long last = behind - 1 + (kind == Kind.SHIFTED || kind == Kind.LONGER ? 1 : 0);
    String whole = kind == Kind.ENDLESS ? "*" : "" + length;
    String type =
        kind == Kind.MULTIPART ? "Content-Type: multipart/byteranges; boundary=x\r\n" : head;
    return TestBackend.raw(
        out,
        "HTTP/1.1 206 Partial Content\r\n"
            + (kind == Kind.MULTIPART ? head.replace("Content-Type: text/plain\r\n", "") : "")
            + type
            + String.format(Locale.ROOT, "Content-Range: bytes %d-%d/%s\r\n", first, last, whole)
            + length(behind - from)
            + text(now, from, behind));
  }

  private static String length(long bytes) {
    return "Content-Length: " + bytes + "\r\n\r\n";
  }

  /** What was asked for, in order; of a request for the whole an empty text. */
  List<String> asked() {
    return backend.received.stream()
        .map(each -> each.all("range").isEmpty() ? "" : each.all("range").getFirst())
        .toList();
  }

  @Override
  public void close() {
    backend.close();
  }
}

package io.landfall.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One connection to a lab backend: requests in, answers out, in order (RFC 9112).
 *
 * <ul>
 *   <li>{@code /healthz} for the probe
 *   <li>{@code /bytes/N} N bytes
 *   <li>{@code /slow?ms=N} an answer that takes its time
 *   <li>{@code /status/N} an answer with that status
 *   <li>{@code /headers} the request's header fields as they arrived
 *   <li>anything else: service, site, method, path and how many bytes of body arrived
 * </ul>
 */
final class BackendConnection {
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final byte[] ZEROS = new byte[64 * 1024];
  private static final long MAX_SLOW_MILLIS = 600_000;
  private static final String JSON = "application/json";

  private final Backend backend;
  private final HeadReader in;
  private final OutputStream out;

  BackendConnection(Backend backend, InputStream in, OutputStream out) {
    this.backend = backend;
    this.in = new HeadReader(in);
    this.out = out;
  }

  /** A request's head. */
  private record Request(String method, String target, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    String path() {
      int query = target.indexOf('?');
      return query < 0 ? target : target.substring(0, query);
    }

    boolean keepAlive() {
      return !header("connection").toLowerCase(Locale.ROOT).contains("close");
    }
  }

  /**
   * Reads one request and answers it.
   *
   * @return whether another may follow
   */
  boolean answerOne() throws IOException {
    String requestLine = in.line(MAX_HEAD_BYTES);
    if (requestLine.isEmpty()) {
      return false;
    }
    String[] words = requestLine.split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IOException("not an HTTP/1 request: " + requestLine);
    }
    Request request = new Request(words[0], words[1], readHeaders());
    if (request.header("expect").equalsIgnoreCase("100-continue")) {
      out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    long received = readBody(request);
    answer(request, received);
    return request.keepAlive();
  }

  private Map<String, String> readHeaders() throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    int room = MAX_HEAD_BYTES;
    for (String line = in.line(room); !line.isEmpty(); line = in.line(room)) {
      room -= line.length() + 2;
      int colon = line.indexOf(':');
      if (colon <= 0 || room <= 0) {
        throw new IOException("a bad or too long header");
      }
      headers.merge(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip(),
          (first, second) -> first + ", " + second);
    }
    return headers;
  }

  private long readBody(Request request) throws IOException {
    if (request.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      return readChunks();
    }
    String length = request.header("content-length");
    return length.isEmpty() ? 0 : in.skip(Long.parseLong(length));
  }

  private long readChunks() throws IOException {
    long total = 0;
    while (true) {
      String size = in.line(MAX_HEAD_BYTES);
      int extension = size.indexOf(';');
      long bytes =
          Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
      if (bytes == 0) {
        while (!in.line(MAX_HEAD_BYTES).isEmpty()) {
          // Trailers are of no interest here.
        }
        return total;
      }
      total += in.skip(bytes);
      if (!in.line(MAX_HEAD_BYTES).isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
    }
  }

  private void answer(Request request, long received) throws IOException {
    String path = request.path();
    if (path.startsWith("/bytes/")) {
      sendBytes(request, Long.parseLong(path.substring("/bytes/".length())));
    } else if (path.equals("/healthz")) {
      send(request, 200, "text/plain", "ok\n");
    } else if (path.startsWith("/status/")) {
      int status = Integer.parseInt(path.substring("/status/".length()));
      send(request, status, JSON, about(request, received));
    } else if (path.equals("/headers")) {
      send(request, 200, JSON, headersJson(request));
    } else {
      if (path.equals("/slow")) {
        pause(request);
      }
      send(request, 200, JSON, about(request, received));
    }
  }

  private static void pause(Request request) throws IOException {
    int at = request.target().indexOf("ms=");
    long millis = at < 0 ? 1000 : Long.parseLong(request.target().substring(at + 3));
    try {
      Thread.sleep(Math.clamp(millis, 0, MAX_SLOW_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String about(Request request, long received) {
    return "{\"service\":%s,\"site\":%s,\"method\":%s,\"path\":%s,\"bytesReceived\":%d}\n"
        .formatted(
            JsonText.quote(backend.service()),
            JsonText.quote(backend.site()),
            JsonText.quote(request.method()),
            JsonText.quote(request.target()),
            received);
  }

  private static String headersJson(Request request) {
    StringBuilder json = new StringBuilder("{");
    request
        .headers()
        .forEach(
            (name, value) -> {
              json.append(json.length() > 1 ? "," : "");
              json.append(JsonText.quote(name)).append(':').append(JsonText.quote(value));
            });
    return json.append("}\n").toString();
  }

  private void send(Request request, int status, String type, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] head = head(status, type, bytes.length);
    boolean bodyless =
        request.method().equals("HEAD") || status == 204 || status == 304 || status < 200;
    byte[] all = new byte[head.length + (bodyless ? 0 : bytes.length)];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(bytes, 0, all, head.length, all.length - head.length);
    out.write(all);
    out.flush();
  }

  private void sendBytes(Request request, long count) throws IOException {
    out.write(head(200, "application/octet-stream", count));
    if (!request.method().equals("HEAD")) {
      for (long left = count; left > 0; left -= ZEROS.length) {
        out.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
      }
    }
    out.flush();
  }

  private byte[] head(int status, String type, long length) {
    String text = "HTTP/1.1 " + status + " " + (status == 200 ? "OK" : "Lab") + "\r\n";
    text += "Content-Type: " + type + "\r\n";
    text += status == 204 || status == 304 ? "" : "Content-Length: " + length + "\r\n";
    text += "X-Lab-Backend: " + backend.service() + "@" + backend.site() + "\r\n\r\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Lines and counted bytes from one stream. */
  private static final class HeadReader {
    private final InputStream in;
    private final byte[] held = new byte[8192];
    private int from;
    private int to;

    HeadReader(InputStream in) {
      this.in = in;
    }

    /** One line without its end; empty at the end of the stream too. */
    String line(int maxBytes) throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        if (from == to && !fill()) {
          return "";
        }
        int c = held[from++] & 0xFF;
        if (c == '\n') {
          int end = line.length();
          boolean crlf = end > 0 && line.charAt(end - 1) == '\r';
          return line.substring(0, crlf ? end - 1 : end);
        }
        if (line.length() >= maxBytes) {
          throw new IOException("a line of more than " + maxBytes + " bytes");
        }
        line.append((char) c);
      }
    }

    /** Reads and drops bytes. */
    long skip(long count) throws IOException {
      long now = Math.min(count, to - from);
      from += (int) now;
      in.skipNBytes(count - now);
      return count;
    }

    private boolean fill() throws IOException {
      from = 0;
      to = Math.max(0, in.read(held));
      return to > 0;
    }
  }
}

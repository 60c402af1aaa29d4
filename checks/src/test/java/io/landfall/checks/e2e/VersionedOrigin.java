package io.landfall.checks.e2e;

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
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend whose bodies are known from the path, {@code /name/length}, and the version, with which
 * each begins. All may be stored for an hour, and are tagged with their name.
 */
final class VersionedOrigin implements AutoCloseable {
  final AtomicInteger version = new AtomicInteger(1);
  private final ServerSocket server;

  VersionedOrigin(InetAddress at) {
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(at, 0), 64);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  /** The body of a path in a version. */
  static byte[] body(String path, int version) {
    byte[] bytes = new byte[Integer.parseInt(path.substring(path.lastIndexOf('/') + 1))];
    int seed = Math.floorMod(path.hashCode() + version * 31, 26);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) ('a' + (i * 7 + (i >> 9) + seed) % 26);
    }
    byte[] head = String.format(Locale.ROOT, "%08d ", version).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, bytes, 0, head.length);
    return bytes;
  }

  /** The version that a body begins with. */
  static int version(byte[] body) {
    return Integer.parseInt(new String(body, 0, 8, StandardCharsets.US_ASCII));
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> converse(socket));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (String line = StreamingOrigin.line(in);
          !line.isEmpty();
          line = StreamingOrigin.line(in)) {
        for (String field = StreamingOrigin.line(in); !field.isEmpty(); ) {
          field = StreamingOrigin.line(in);
        }
        String path = line.split(" ", 3)[1];
        byte[] body = body(path, version.get());
        String head =
            "HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nCache-Tag: "
                + path.split("/")[1]
                + "\r\nContent-Length: "
                + body.length
                + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
      }
    } catch (IOException e) {
      // The node went away: its business.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

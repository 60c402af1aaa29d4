package io.landfall.checks.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A backend as backends are: it closes idle connections early, ends a response with a reset, and
 * refuses an upload without reading it. What it does is chosen by the path.
 */
final class FaultyOrigin extends SocketOrigin {
  /** Answered in good order. */
  static final String GOOD = "/good";

  /** Answered with a body that no length announces, and that a reset ends. */
  static final String CUT = "/cut";

  /** Answered before the body was read, and closed. */
  static final String EARLY = "/early";

  /** What comes of a body before the reset. */
  static final int CUT_BYTES = 1_000;

  /** On a busy machine a new connection may wait for its request. */
  private static final int FIRST_REQUEST_MILLIS = 20_000;

  private final int idleMillis;

  /**
   * One that answers.
   *
   * @param idleMillis how long a connection may be idle after a request before it is closed
   */
  FaultyOrigin(InetAddress at, int idleMillis) {
    super(at);
    this.idleMillis = idleMillis;
    start();
  }

  @Override
  void converse(Socket socket) throws IOException {
    try {
      // An answer that waits in the kernel when the connection is reset is lost, and no proxy's
      // fault.
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(FIRST_REQUEST_MILLIS);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        socket.setSoTimeout(idleMillis);
        while (!line(in).isEmpty()) {
          // What the fields have makes no difference.
        }
        switch (line.split(" ", 3)[1]) {
          case CUT -> {
            send(out, "HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(CUT_BYTES));
            socket.setSoLinger(true, 0);
            return;
          }
          case EARLY -> {
            // Without the last field the connection would be used again, and a POST lost on it.
            send(
                out,
                "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return;
          }
          default -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        }
      }
    } catch (SocketTimeoutException idle) {
      // Closed without a word, which is what this backend is for.
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}

package io.landfall.node.probe;

import io.landfall.signal.BackendAddress;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * One GET over HTTP/1.1 on a fresh connection (RFC 9112), written by hand: a probe needs a total
 * deadline, a bound on what it reads and no pool, and no more of HTTP than a head.
 *
 * <p>The verdict is given when the head is complete. A little of the body is read after that, so
 * that closing does not show in the backend's log as a reset.
 */
final class HttpProbe {
  static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int MAX_BODY_BYTES = 16 * 1024;
  private static final int MAX_INTERIM = 8;
  private static final int BUFFER_BYTES = 2048;

  private HttpProbe() {}

  static void run(BackendAddress backend, String path, Deadline deadline, OneVerdict verdict) {
    String doing = "connecting";
    try (Socket socket = new Socket()) {
      TcpProbe.connect(socket, backend, deadline);
      doing = "GET " + path;
      socket.setTcpNoDelay(true);
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: "
              + backend
              + "\r\nUser-Agent: landfall-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
      verdict.give(judge(path, readFinalHead(socket, in, deadline)));
      drain(socket, in, deadline);
    } catch (SocketTimeoutException e) {
      verdict.give(Verdict.bad(deadline.passed(doing)));
    } catch (IOException e) {
      verdict.give(Verdict.bad(doing + ": " + e.getMessage()));
    }
  }

  private static Verdict judge(String path, String head) {
    int status = status(head);
    String why = "GET " + path + ": " + (status < 0 ? "not an HTTP/1 answer" : "status " + status);
    return status >= 200 && status <= 399 ? Verdict.good(why) : Verdict.bad(why);
  }

  /** The status of a head, or -1 when its first line is no status line. */
  static int status(String head) {
    boolean good =
        head.length() >= 12
            && (head.startsWith("HTTP/1.1 ") || head.startsWith("HTTP/1.0 "))
            && (head.length() == 12 || head.charAt(12) == ' ' || head.charAt(12) == '\r');
    int status = 0;
    for (int i = 9; good && i < 12; i++) {
      char c = head.charAt(i);
      good = c >= '0' && c <= '9';
      status = status * 10 + (c - '0');
    }
    return good && status >= 100 ? status : -1;
  }

  private static String readFinalHead(Socket socket, InputStream in, Deadline deadline)
      throws IOException {
    for (int heads = 0; heads <= MAX_INTERIM; heads++) {
      String head = readHead(socket, in, deadline);
      int status = status(head);
      // 1xx answers come before the one that counts (RFC 9110 section 15.2).
      if (status < 100 || status > 199) {
        return head;
      }
    }
    throw new IOException("more than " + MAX_INTERIM + " interim answers");
  }

  private static String readHead(Socket socket, InputStream in, Deadline deadline)
      throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_HEAD_BYTES) {
      socket.setSoTimeout(deadline.remainingMillis());
      int c = in.read();
      if (c < 0) {
        throw new EOFException(
            head.isEmpty() ? "closed without an answer" : "closed inside the head of the answer");
      }
      head.append((char) c);
      if (c == '\n' && endsHead(head)) {
        return head.toString();
      }
    }
    throw new IOException("the head of the answer is larger than " + MAX_HEAD_BYTES + " bytes");
  }

  private static boolean endsHead(StringBuilder head) {
    int end = head.length();
    return (end >= 4 && head.charAt(end - 2) == '\r' && head.charAt(end - 3) == '\n')
        || (end >= 2 && head.charAt(end - 2) == '\n');
  }

  private static void drain(Socket socket, InputStream in, Deadline deadline) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      for (int total = 0; total < MAX_BODY_BYTES; ) {
        socket.setSoTimeout(deadline.remainingMillis());
        int read = in.read(buffer);
        if (read < 0) {
          return;
        }
        total += read;
      }
    } catch (IOException e) {
      // The verdict is given; what happens to the body is nobody's concern.
    }
  }
}

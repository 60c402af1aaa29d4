package io.landfall.checks.soak;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A backend that answers with its name and what it was sent, and counts requests by path. */
final class Origin extends SocketOrigin {
  /** Paths that it counts: the first segment, if it is one of these. */
  final Tally requests = new Tally();

  private final String name;

  Origin(String name, InetAddress at) {
    super(at);
    this.name = name;
    start();
  }

  /** The body of an answer to a request with this body. */
  static String answer(String name, String body) {
    return name + " got '" + body + "'";
  }

  @Override
  void converse(Socket socket) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int length = 0;
      for (String field = line(in); !field.isEmpty(); field = line(in)) {
        if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(field.substring("content-length:".length()).strip());
        }
      }
      String body = new String(in.readNBytes(length), StandardCharsets.US_ASCII);
      String path = line.split(" ", 3)[1];
      requests.add(path);
      String text = answer(name, body);
      out.write(
          ("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
              .getBytes(StandardCharsets.US_ASCII));
    }
  }
}

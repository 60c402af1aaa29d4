package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.client.HttpCall;
import java.io.IOException;
import java.net.SocketAddress;

/** One exchange over a socket, byte for byte. */
final class UnixHttp {
  private static final long DEADLINE_MILLIS = 30_000;

  private UnixHttp() {}

  static String exchange(SocketAddress address, String request) throws IOException {
    return new String(HttpCall.exchange(address, request.getBytes(UTF_8), DEADLINE_MILLIS), UTF_8);
  }

  static String request(String method, String path, String body) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }
}

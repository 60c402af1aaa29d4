package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/** One exchange over a socket, byte for byte; the client sends nothing behind its request. */
final class UnixHttp {
  private UnixHttp() {}

  static String exchange(SocketAddress address, String request) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      try {
        channel.shutdownOutput();
      } catch (IOException e) {
        // The node has ended the connection already; its answer can be read all the same.
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
    }
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

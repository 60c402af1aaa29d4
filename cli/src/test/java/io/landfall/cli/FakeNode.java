package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** An admin socket that answers each request line with what a test put there. */
final class FakeNode implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Map<String, String> responses;
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  FakeNode(Path socket, Map<String, String> responses) throws IOException {
    this.responses = responses;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  static String ok(String body) {
    return response("200 OK", body);
  }

  static String response(String status, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\ncontent-length: "
        + body.getBytes(UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  private void serve() {
    try {
      while (true) {
        try (SocketChannel channel = server.accept()) {
          answer(channel);
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void answer(SocketChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    String request = "";
    while (!complete(request)) {
      if (channel.read(buffer) < 0) {
        return;
      }
      request = new String(buffer.array(), 0, buffer.position(), UTF_8);
    }
    String line = request.substring(0, request.indexOf(" HTTP/1.1"));
    requests.add(line + " " + request.substring(request.indexOf("\r\n\r\n") + 4));
    String response = responses.getOrDefault(line, response("404 Not Found", "{}"));
    channel.write(ByteBuffer.wrap(response.getBytes(UTF_8)));
  }

  private static boolean complete(String request) {
    int end = request.indexOf("\r\n\r\n");
    int length = request.indexOf("Content-Length: ");
    int contentBytes =
        length < 0
            ? 0
            : Integer.parseInt(request.substring(length + 16, request.indexOf("\r\n", length)));
    return end >= 0 && request.length() - end - 4 >= contentBytes;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

package io.landfall.checks.pages;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A backend that answers every request with one line. */
final class PageOrigin implements AutoCloseable {
  private final ServerSocket server = new ServerSocket();
  private final byte[] answer;

  PageOrigin(String address, String line) throws IOException {
    server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0), 64);
    String body = line + "\n";
    answer =
        ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
            .getBytes(StandardCharsets.US_ASCII);
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
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
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      OutputStream out = socket.getOutputStream();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty()) {
          out.write(answer);
        }
      }
    } catch (IOException e) {
      // The node closed the connection.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.landfall.checks.soak;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A backend on blocking sockets: each connection is one conversation on a thread of its own. */
abstract class SocketOrigin implements Closeable {
  private static final int BACKLOG = 512;

  private final ServerSocket server;

  /** One that listens on a free port, and accepts once it is started. */
  SocketOrigin(InetAddress at) {
    try {
      server = new ServerSocket();
      server.bind(new InetSocketAddress(at, 0), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What happens on a connection, which is closed behind it. */
  abstract void converse(Socket socket) throws IOException;

  final void start() {
    Thread.ofPlatform().daemon().start(this::accept);
  }

  final String url() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> conversation(socket));
      }
    } catch (IOException e) {
      // Closed: that is how it ends.
    }
  }

  private void conversation(Socket socket) {
    try (socket) {
      converse(socket);
    } catch (IOException e) {
      // The node went away: its business.
    }
  }

  /** The next line without its end; empty at the end of the input too. */
  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.append((char) b);
    }
    return line.toString().strip();
  }

  @Override
  public final void close() throws IOException {
    server.close();
  }
}

package io.landfall.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * One backend of the lab: a small HTTP/1.1 server in a process of its own, so that it can be
 * killed, stopped and started like the real thing. It answers in JSON which service it is, at which
 * site.
 *
 * <p>Built on blocking sockets and virtual threads, with nothing but java.base: six of these start
 * beside three nodes on two cores, and each must be there in a fraction of a second.
 *
 * @param service the service's name
 * @param site the site's name
 */
record Backend(String service, String site) {
  /** Connections at once; more wait in the listen queue. */
  private static final int MAX_CONNECTIONS = 4096;

  private static final int LISTEN_QUEUE = 1024;
  private static final int ARGUMENTS = 4;

  /** Arguments: service, site, IPv4 address, port. Runs until the process ends. */
  static void main(String[] args) throws IOException {
    if (args.length != ARGUMENTS) {
      throw new IllegalArgumentException("not SERVICE SITE ADDRESS PORT: " + Arrays.toString(args));
    }
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral(args[2]), Integer.parseInt(args[3]));
    try (ServerSocket listener = new ServerSocket()) {
      listener.setReuseAddress(true);
      listener.bind(address, LISTEN_QUEUE);
      new Backend(args[0], args[1]).serve(listener);
    }
  }

  /** Accepts until the listener is closed. */
  void serve(ServerSocket listener) throws IOException {
    Semaphore free = new Semaphore(MAX_CONNECTIONS);
    while (!listener.isClosed()) {
      free.acquireUninterruptibly();
      Socket socket = listener.accept();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  converse(socket);
                } finally {
                  free.release();
                }
              });
    }
  }

  private void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      BackendConnection connection =
          new BackendConnection(this, socket.getInputStream(), socket.getOutputStream());
      while (connection.answerOne()) {
        // Kept alive: the next request.
      }
    } catch (IOException e) {
      // The other side is gone, or spoke no HTTP: the connection is closed either way.
    }
  }
}

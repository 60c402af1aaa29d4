package io.landfall.transport.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Backends on this machine whose connections do what a test wants of them. */
final class ScriptedBackends implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  private final List<ServerSocket> servers = new CopyOnWriteArrayList<>();

  /** Connections that were accepted. */
  final AtomicInteger accepted = new AtomicInteger();

  /** Connections of which this end is open. */
  final AtomicInteger open = new AtomicInteger();

  /** The heads of requests that were read, in their order. */
  final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

  /** What happens on one connection, which is closed behind it. */
  interface Conversation {
    void with(Socket client) throws Exception;
  }

  /** What happens to the request with this number, from 0, on a connection. */
  interface Reaction {
    /** Whether the connection stays open. */
    boolean to(Socket client, int number) throws Exception;
  }

  /** Starts a backend; its port. */
  int serve(Conversation conversation) throws IOException {
    ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    servers.add(server);
    Thread.ofVirtual().start(() -> accept(server, conversation));
    return server.getLocalPort();
  }

  /** Starts one that reads request after request; its port. */
  int serveRequests(Reaction reaction) throws IOException {
    return serve(
        client -> {
          int number = 0;
          while (readHead(client) && reaction.to(client, number)) {
            number++;
          }
        });
  }

  private void accept(ServerSocket server, Conversation conversation) {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        accepted.incrementAndGet();
        open.incrementAndGet();
        Thread.ofVirtual().start(() -> converse(client, conversation));
      } catch (IOException e) {
        // The server was closed.
      }
    }
  }

  private void converse(Socket client, Conversation conversation) {
    try (client) {
      conversation.with(client);
    } catch (Exception e) {
      // The probe has gone; the test sees its result.
    } finally {
      open.decrementAndGet();
    }
  }

  /** Reads the head of a request; false when the connection ends before it is whole. */
  boolean readHead(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = client.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        return false;
      }
      head.append((char) c);
    }
    return requests.add(head.toString());
  }

  /** Sends text as it is; true. */
  static boolean send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return true;
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket server : servers) {
      server.close();
    }
  }
}

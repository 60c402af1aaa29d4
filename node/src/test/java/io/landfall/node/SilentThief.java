package io.landfall.node;

import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Whoever has a node's key and listens: it finishes every handshake, and then sends nothing. It
 * counts what reached it by protocol.
 */
final class SilentThief implements AutoCloseable {
  final AtomicInteger bgpStreams = new AtomicInteger();
  final AtomicInteger requestChannels = new AtomicInteger();
  private final SSLServerSocket server;
  private final Set<SSLSocket> open = ConcurrentHashMap.newKeySet();

  SilentThief(InetSocketAddress at, Credentials stolen) {
    this(at, ScriptedPeer.tls(stolen));
  }

  SilentThief(InetSocketAddress at, SSLContext tls) {
    try {
      server = (SSLServerSocket) tls.getServerSocketFactory().createServerSocket();
      server.setReuseAddress(true);
      server.setNeedClientAuth(true);
      SSLParameters parameters = server.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {TrustingTls.BGP, "h2"});
      server.setSSLParameters(parameters);
      server.bind(at);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) server.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void serve(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
      ("h2".equals(socket.getApplicationProtocol()) ? requestChannels : bgpStreams)
          .incrementAndGet();
      while (socket.getInputStream().read() >= 0) {
        // Reads on, and answers nothing.
      }
    } catch (IOException e) {
      // The node hung up.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (SSLSocket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

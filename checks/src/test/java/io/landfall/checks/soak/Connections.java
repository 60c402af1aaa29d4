package io.landfall.checks.soak;

import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Connections from any loopback address, plain or as the node whose certificate one holds. */
final class Connections {
  private static final int CONNECT_MILLIS = 5_000;

  private Connections() {}

  static Socket plain(InetAddress from, InetSocketAddress to) throws IOException {
    return plain(from, to, 0);
  }

  /**
   * A plain connection.
   *
   * @param receiveBuffer how much the kernel takes for a peer that does not read; 0 for the usual
   */
  static Socket plain(InetAddress from, InetSocketAddress to, int receiveBuffer)
      throws IOException {
    Socket socket = new Socket();
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(to, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** TLS 1.3 on a connection, as a client. In TLS 1.3 the node's verdict comes only after this. */
  static SSLSocket secured(Socket plain, SSLContext context, String alpn) throws IOException {
    SSLSocket socket = TrustingTls.handshake(plain, context, alpn);
    socket.setSoTimeout(0);
    return socket;
  }

  /** A context that trusts every certificate and presents this one. */
  static SSLContext context(Credentials own) {
    return TrustingTls.presenting(own.chain(), own.key());
  }
}

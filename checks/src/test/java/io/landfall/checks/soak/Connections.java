package io.landfall.checks.soak;

import io.landfall.trust.Credentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Connections from any loopback address, plain or as the node whose certificate one holds. */
final class Connections {
  static final String BGP = "landfall-bgp/1";
  static final String H2 = "h2";
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
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "node", plain.getPort(), true);
    socket.setEnabledProtocols(new String[] {"TLSv1.3"});
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {alpn});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(CONNECT_MILLIS);
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }

  /** A context that trusts everybody and shows this certificate. */
  static SSLContext context(Credentials own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Showing(own)}, new TrustManager[] {new Trusting()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Shows its certificate to every peer. */
  private static final class Showing extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";
    private final Credentials own;

    Showing(Credentials own) {
      this.own = own;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.chain().toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.key();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return own.key().getAlgorithm().equals(type) || type.startsWith(own.key().getAlgorithm())
          ? ALIAS
          : null;
    }
  }

  /** Trusts everybody: what the node believes is what is tested. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

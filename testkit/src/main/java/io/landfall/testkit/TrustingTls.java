package io.landfall.testkit;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS whose own end trusts every certificate and presents the one it is given, whatever the other
 * end asks for: what the other end believes is what is tested.
 */
public final class TrustingTls {
  /** ALPN of BGP between nodes. */
  public static final String BGP = "landfall-bgp/1";

  /** ALPN of requests between nodes. */
  public static final String H2 = "h2";

  private static final int DEADLINE_MILLIS = 30_000;

  private TrustingTls() {}

  /** A context that presents no certificate. */
  public static SSLContext anonymous() {
    return context(new KeyManager[0], new Trusting());
  }

  /** A context that presents this certificate. */
  public static SSLContext presenting(List<X509Certificate> chain, PrivateKey key) {
    return presenting(chain, key, new Trusting());
  }

  /** The same with another judge of the other end's certificate. */
  public static SSLContext presenting(
      List<X509Certificate> chain, PrivateKey key, TrustManager judge) {
    return context(new KeyManager[] {new Presenting(chain, key)}, judge);
  }

  private static SSLContext context(KeyManager[] keys, TrustManager judge) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {judge}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What trusts every certificate. */
  public static X509TrustManager trusting() {
    return new Trusting();
  }

  /** TLS 1.3 on a connection, as a client. The other end's verdict comes only after this. */
  public static SSLSocket handshake(Socket plain, SSLContext context, String... alpn)
      throws IOException {
    return handshake(plain, context, new String[] {"TLSv1.3"}, alpn);
  }

  /** TLS of these versions on a connection, as a client. */
  public static SSLSocket handshake(
      Socket plain, SSLContext context, String[] versions, String... alpn) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "node", plain.getPort(), true);
    socket.setSoTimeout(DEADLINE_MILLIS);
    socket.setEnabledProtocols(versions);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(alpn);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Presents its certificate whether or not the other end lists its issuer. */
  private static final class Presenting extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";
    private final List<X509Certificate> chain;
    private final PrivateKey key;

    Presenting(List<X509Certificate> chain, PrivateKey key) {
      this.chain = List.copyOf(chain);
      this.key = key;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return chain.toArray(new X509Certificate[0]);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
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
      return type.startsWith(key.getAlgorithm()) ? ALIAS : null;
    }
  }

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

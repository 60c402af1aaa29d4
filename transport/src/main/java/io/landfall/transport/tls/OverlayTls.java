package io.landfall.transport.tls;

import io.landfall.trust.Fingerprints;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * The TLS contexts of the overlay port: 1.3 only, mutual, and no session resumption, because a
 * resumed session would skip the certificate check.
 *
 * <p>A BGP stream runs on the JDK's TLS, because it hands out keying material (RFC 8446 section
 * 7.5) and BoringSSL's binding does not: BFD takes its keys from there. Forwarded requests run on
 * BoringSSL, which is faster. The JDK's engine is driven without Netty's context for it: that
 * context looks for Bouncy Castle, and on finding it loads the whole of it at every start of a
 * node.
 *
 * <p>Identity is never a host name: endpoint identification is off, and the trust manager decides
 * by the SPIFFE URI and the identity in the certificate.
 */
public final class OverlayTls {
  private static final String[] VERSIONS = {"TLSv1.3"};

  /**
   * Of the key exchange for forwarded requests: X25519 together with ML-KEM-768 first, which a
   * quantum computer does not break. The JDK's TLS, on which BGP streams run, has no group with
   * ML-KEM before JDK 27 (JEP 527). The same as towards clients.
   */
  public static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  /** A session of the JDK's server could be resumed for this long; its peer is checked anew. */
  private static final int SESSION_SECONDS = 1;

  private final String ownFingerprint;
  private final X509Certificate own;
  private final SSLContext bgp;
  private final SslContext requestsServer;
  private final SslContext requestsClient;

  /**
   * Contexts for this node's key and certificate.
   *
   * @throws SSLException when the key and the certificate are not accepted
   */
  public OverlayTls(PrivateKey key, List<X509Certificate> chain, X509TrustManager trust)
      throws SSLException {
    own = chain.getFirst();
    X509Certificate[] certificates = chain.toArray(new X509Certificate[0]);
    ownFingerprint = Fingerprints.sha256(chain.getFirst());
    bgp = jdkContext(key, certificates, trust);
    requestsServer =
        boring(SslContextBuilder.forServer(key, certificates))
            .trustManager(trust)
            .clientAuth(ClientAuth.REQUIRE)
            .protocols(VERSIONS)
            .sessionTimeout(SESSION_SECONDS)
            .applicationProtocolConfig(alpn())
            .build();
    requestsClient =
        boring(SslContextBuilder.forClient())
            .keyManager(key, certificates)
            .trustManager(trust)
            .protocols(VERSIONS)
            .endpointIdentificationAlgorithm(null)
            .applicationProtocolConfig(alpn())
            .build();
  }

  private static SslContextBuilder boring(SslContextBuilder builder) {
    return OpenSsl.isAvailable()
        ? builder
            .sslProvider(SslProvider.OPENSSL)
            .option(OpenSslContextOption.GROUPS, GROUPS.toArray(new String[0]))
        : builder.sslProvider(SslProvider.JDK);
  }

  /** SHA-256 of the certificate that this node shows, 64 lower-case hex digits. */
  public String ownFingerprint() {
    return ownFingerprint;
  }

  /** This node's certificate. */
  X509Certificate own() {
    return own;
  }

  private static SSLContext jdkContext(
      PrivateKey key, X509Certificate[] certificates, X509TrustManager trust) throws SSLException {
    try {
      char[] inMemoryOnly = new char[0];
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("node", key, inMemoryOnly, certificates);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, inMemoryOnly);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
      context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new SSLException(e.getMessage(), e);
    }
  }

  private static ApplicationProtocolConfig alpn() {
    // The BoringSSL provider knows only these two behaviours; the port refuses what has no token.
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        Alpn.H2.token());
  }

  /**
   * A handler for an accepted connection: it demands a client certificate.
   *
   * @param alpn what the client asked for, as far as this port speaks it
   */
  public SslHandler accepting(Alpn alpn, ByteBufAllocator allocator) {
    return alpn == Alpn.BGP ? bgp(false) : requestsServer.newHandler(allocator);
  }

  /** A handler for a connection that this node opened, with exactly this protocol offered. */
  public SslHandler dialling(Alpn alpn, ByteBufAllocator allocator) {
    return alpn == Alpn.BGP ? bgp(true) : requestsClient.newHandler(allocator);
  }

  private SslHandler bgp(boolean client) {
    SSLEngine engine = bgp.createSSLEngine();
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(VERSIONS);
    parameters.setApplicationProtocols(new String[] {Alpn.BGP.token()});
    if (!client) {
      parameters.setNeedClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    return new SslHandler(new QuietEngine(engine));
  }

  /** What both ends agreed on (RFC 7301), after the handshake; empty when on nothing. */
  public static String agreed(SslHandler ssl) {
    String known = ssl.applicationProtocol();
    if (known != null) {
      return known;
    }
    String said = ssl.engine().getApplicationProtocol();
    return said == null ? "" : said;
  }
}

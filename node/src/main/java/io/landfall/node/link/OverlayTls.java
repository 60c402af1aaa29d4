package io.landfall.node.link;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/**
 * The TLS contexts of the overlay port: 1.3 only, mutual, and no session resumption, because a
 * resumed session would skip the certificate check.
 *
 * <p>A BGP stream runs on the JDK's TLS, because it hands out keying material (RFC 8446 section
 * 7.5) and BoringSSL's binding does not: BFD takes its keys from there. Forwarded requests run on
 * BoringSSL, which is faster.
 *
 * <p>Identity is never a host name: endpoint identification is off, and the trust manager decides
 * by the SPIFFE URI and the identity in the certificate.
 */
public final class OverlayTls {
  private static final String[] VERSIONS = {"TLSv1.3"};

  /** A session of the JDK's server could be resumed for this long; its peer is checked anew. */
  private static final long SESSION_SECONDS = 1;

  private final SslContext server;
  private final SslContext bgpServer;
  private final Map<Alpn, SslContext> clients = new EnumMap<>(Alpn.class);

  /**
   * Contexts for this node's key and certificate.
   *
   * @throws SSLException when the key and the certificate are not accepted
   */
  public OverlayTls(PrivateKey key, List<X509Certificate> chain, X509TrustManager trust)
      throws SSLException {
    X509Certificate[] certificates = chain.toArray(new X509Certificate[0]);
    SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    server = serverContext(key, certificates, trust, provider);
    bgpServer = serverContext(key, certificates, trust, SslProvider.JDK);
    for (Alpn alpn : Alpn.values()) {
      clients.put(
          alpn,
          SslContextBuilder.forClient()
              .sslProvider(alpn == Alpn.BGP ? SslProvider.JDK : provider)
              .keyManager(key, certificates)
              .trustManager(trust)
              .protocols(VERSIONS)
              .endpointIdentificationAlgorithm(null)
              .applicationProtocolConfig(alpn(alpn.token()))
              .build());
    }
  }

  private static SslContext serverContext(
      PrivateKey key, X509Certificate[] certificates, X509TrustManager trust, SslProvider provider)
      throws SSLException {
    return SslContextBuilder.forServer(key, certificates)
        .sslProvider(provider)
        .trustManager(trust)
        .clientAuth(ClientAuth.REQUIRE)
        .protocols(VERSIONS)
        .sessionTimeout(SESSION_SECONDS)
        .applicationProtocolConfig(alpn(Alpn.BGP.token(), Alpn.H2.token()))
        .build();
  }

  private static ApplicationProtocolConfig alpn(String... tokens) {
    // The BoringSSL provider knows only these two behaviours; the port refuses what has no token.
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        tokens);
  }

  /** For the listener: offers both protocols and demands a client certificate. */
  public SslContext server() {
    return server;
  }

  /** For the listener when the client asked for BGP: the same, and it exports keying material. */
  public SslContext bgpServer() {
    return bgpServer;
  }

  /** For dialling, with exactly one protocol offered. */
  public SslContext client(Alpn alpn) {
    SslContext context = clients.get(alpn);
    if (context == null) {
      throw new IllegalStateException("no client context for " + alpn);
    }
    return context;
  }
}

package io.landfall.edge.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/**
 * The contexts of TLS towards clients, one for each certificate. BoringSSL has no compression, and
 * refuses renegotiation by clients; early data (0-RTT) is not switched on.
 *
 * <p>Nobody releases them: what they have outside the heap goes when they are collected, that is
 * when neither a store nor a connection has them any more. So the provider must be the one of Netty
 * that does so (OPENSSL), and not the one with counted references (OPENSSL_REFCNT).
 */
public final class ServerContexts {
  /** The versions, the one that is preferred first. */
  public static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

  /**
   * Groups of the key exchange, the one that is preferred first: X25519 together with ML-KEM-768
   * (FIPS 203), which a quantum computer does not break, and the usual ones.
   */
  public static final List<String> GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  /**
   * Cipher suites in the order of this node's preference: those of TLS 1.3, and of TLS 1.2 those
   * with forward secrecy and authenticated encryption (RFC 9325 section 4.2).
   */
  public static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /** HTTP/2 is chosen before HTTP/1.1 (RFC 9113 section 3.2). */
  private static final ApplicationProtocolConfig HTTP_2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  private ServerContexts() {}

  /**
   * The context of a certificate.
   *
   * @throws SSLException when the library takes the key or the certificate for unusable
   */
  static SslContext of(ServerNames.Identity identity, ServerNames.Rules rules) throws SSLException {
    boolean boring = OpenSsl.isAvailable();
    SslContextBuilder builder =
        SslContextBuilder.forServer(
                identity.key(), identity.chain().toArray(new X509Certificate[0]))
            .sslProvider(boring ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols(VERSIONS)
            .ciphers(SUITES, SupportedCipherSuiteFilter.INSTANCE)
            .trustManager(trust(rules))
            .applicationProtocolConfig(rules.http2() ? HTTP_2 : ServerNames.HTTP_1);
    if (boring) {
      builder.enableOcsp(true).option(OpenSslContextOption.GROUPS, GROUPS.toArray(new String[0]));
    }
    if (rules.clients().isPresent()) {
      builder.clientAuth(
          rules.clients().get().required() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
    }
    SslContext made = builder.build();
    if (made.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      sessions.setSessionIdContext(sessionsOf(identity.chain().getFirst()));
    }
    return made;
  }

  /** Which certificates of clients are taken. */
  static X509TrustManager trust(ServerNames.Rules rules) throws SSLException {
    return rules.clients().isPresent()
        ? ClientTrust.of(rules.clients().get().authorities())
        : ClientTrust.nobody();
  }

  /**
   * What a session belongs to: one that began with another certificate is not resumed here, also
   * where the keys of tickets are the same (RFC 8446 section 4.6.1).
   */
  private static byte[] sessionsOf(X509Certificate certificate) throws SSLException {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new SSLException("a certificate has no encoding", e);
    }
  }
}

package io.landfall.edge.tls;

import io.landfall.edge.ChallengeAnswers;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** The contexts that answer challenges of tls-alpn-01: with that protocol, and no other. */
public final class ChallengeContexts {
  private static final ApplicationProtocolConfig ACME =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ChallengeAnswers.PROTOCOL);

  private ChallengeContexts() {}

  /**
   * The context of a certificate that proves a name (RFC 8737 section 3). On any thread; takes a
   * moment.
   *
   * @throws SSLException when the library takes it for unusable
   */
  public static SslContext of(PrivateKey key, X509Certificate certificate) throws SSLException {
    return SslContextBuilder.forServer(key, certificate)
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols(ServerContexts.VERSIONS)
        .applicationProtocolConfig(ACME)
        .build();
  }
}

package io.landfall.edge.tls;

import io.landfall.core.FailureText;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.NetUtil;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS to the backends of a service: 1.2 or 1.3, HTTP/1.1 or HTTP/2 by ALPN, and always verified.
 * The certificate must lead to one of the authorities and have the name that is asked for: a DNS
 * name (RFC 9525 section 6.3), or for an address that address.
 *
 * <p>Sessions are resumed (RFC 8446 section 2.2), for {@link #SESSION_SECONDS} at most: the
 * certificate was verified when they began.
 */
public final class BackendTls {
  /** The most sessions of one service's backends that are kept to be resumed. */
  public static final int MAX_SESSIONS = 256;

  /** How long a session may be resumed (seconds). */
  public static final int SESSION_SECONDS = 300;

  private static final ThreadFactory THREADS = Thread.ofVirtual().name("backend-tls-", 0).factory();

  /** Where certificates are verified and keys are used: as many at once as handshakes. */
  private static final Executor AWAY = task -> THREADS.newThread(task).start();

  /** Offered to a backend that is asked over HTTP/2, and nothing else (RFC 9113 section 3.2). */
  private static final ApplicationProtocolConfig ONLY_HTTP_2 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  private final SslContext http1;
  private final SslContext http2;

  /** What it was made from. */
  private final List<X509Certificate> certificates;

  private BackendTls(SslContext http1, SslContext http2, List<X509Certificate> certificates) {
    this.http1 = http1;
    this.http2 = http2;
    this.certificates = certificates;
  }

  /** Whether the other one was made from the same authorities, and shows the same certificate. */
  public boolean isSame(BackendTls other) {
    return certificates.equals(other.certificates);
  }

  /** Whether authorities and key can be used. */
  public sealed interface Result {
    /** They can. */
    record Usable(BackendTls tls) implements Result {}

    /** They cannot, and why, for people. */
    record Unusable(String why) implements Result {}
  }

  /**
   * TLS that is verified so.
   *
   * @param trust judges certificates and the names in them
   * @param authorities what that was made from; none for those that the JDK comes with
   * @param own what is shown to a backend that asks for a certificate
   */
  public static Result of(
      X509ExtendedTrustManager trust,
      List<X509Certificate> authorities,
      Optional<ServerNames.Identity> own) {
    List<X509Certificate> all = new ArrayList<>(authorities);
    own.ifPresent(mine -> all.addAll(mine.chain()));
    try {
      return new Result.Usable(
          new BackendTls(
              context(trust, own, ServerNames.HTTP_1),
              context(trust, own, ONLY_HTTP_2),
              List.copyOf(all)));
    } catch (SSLException | IllegalArgumentException e) {
      return new Result.Unusable("TLS refuses it: " + FailureText.of(e));
    }
  }

  private static SslContext context(
      X509ExtendedTrustManager trust,
      Optional<ServerNames.Identity> own,
      ApplicationProtocolConfig protocols)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .trustManager(trust)
            .endpointIdentificationAlgorithm("HTTPS")
            .sessionCacheSize(MAX_SESSIONS)
            .sessionTimeout(SESSION_SECONDS)
            .applicationProtocolConfig(protocols);
    own.ifPresent(
        mine -> builder.keyManager(mine.key(), mine.chain().toArray(new X509Certificate[0])));
    return builder.build();
  }

  /**
   * TLS to a backend.
   *
   * @param name the name that its certificate must have: a host name, or an address without
   *     brackets
   * @param port its port, 1 to 65535
   * @param protocol what is offered by ALPN
   */
  public OriginTls to(String name, int port, OriginProtocol protocol) {
    // RFC 6066 section 3: without the dot that makes a name absolute.
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    SslContext context =
        switch (protocol) {
          // That of a TCP service is its clients' own, and not asked for here.
          case HTTP_1, TCP -> http1;
          case HTTP_2 -> http2;
        };
    return new To(context, plain, port, shortName(plain));
  }

  /** The same to one that is asked over HTTP/1.1. */
  public OriginTls to(String name, int port) {
    return to(name, port, OriginProtocol.HTTP_1);
  }

  /** Netty sends names without a dot only if it is set so. */
  private static Optional<SNIHostName> shortName(String name) {
    if (name.indexOf('.') >= 0 || NetUtil.isValidIpV6Address(name)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SNIHostName(name));
    } catch (IllegalArgumentException e) {
      // No name of a host by RFC 1123 (an underscore): then the certificate alone must have it.
      return Optional.empty();
    }
  }

  /** A class and no record: two services that share an address share no connection. */
  private static final class To implements OriginTls {
    private final SslContext context;
    private final String name;
    private final int port;
    private final Optional<SNIHostName> shortName;

    To(SslContext context, String name, int port, Optional<SNIHostName> shortName) {
      this.context = context;
      this.name = name;
      this.port = port;
      this.shortName = shortName;
    }

    @Override
    public SslHandler handler(ByteBufAllocator allocator) {
      SslHandler handler = context.newHandler(allocator, name, port, AWAY);
      if (shortName.isPresent()) {
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setServerNames(List.of(shortName.get()));
        handler.engine().setSSLParameters(parameters);
      }
      return handler;
    }
  }
}

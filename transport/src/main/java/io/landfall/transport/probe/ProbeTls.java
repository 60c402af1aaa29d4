package io.landfall.transport.probe;

import io.landfall.transport.tls.ServerTrust;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS for probes: one context for each file of authorities, read when the first probe needs it, and
 * one for backends whose certificate is not looked at. On the prober's event loop; the arithmetic
 * of a handshake runs elsewhere.
 */
final class ProbeTls {
  private final Executor background;

  /** At most as many as the configuration names files, and one. */
  private final Map<Optional<Path>, SslContext> contexts = new HashMap<>();

  ProbeTls(Executor background) {
    this.background = background;
  }

  /** A handler for a new connection; null when it is plain TCP. */
  @Nullable SslHandler handler(ProbePlan plan) throws TlsUnusable {
    Optional<ProbePlan.Tls> tls =
        switch (plan.check()) {
          case ProbePlan.Tcp tcp -> tcp.tls();
          case ProbePlan.Http http -> http.tls();
          case ProbePlan.Exec exec -> Optional.empty();
        };
    return switch (tls.orElse(null)) {
      case ProbePlan.OwnTls own ->
          context(own.authorities())
              .newHandler(ByteBufAllocator.DEFAULT, own.serverName(), plan.port(), background);
      case ProbePlan.SharedTls shared -> shared.handlers().get();
      case null -> null;
    };
  }

  private SslContext context(Optional<Path> authorities) throws TlsUnusable {
    SslContext made = contexts.get(authorities);
    if (made == null) {
      made = make(authorities);
      contexts.put(authorities, made);
    }
    return made;
  }

  private static ServerTrust trust(Path authorities) throws TlsUnusable {
    FileResult<ServerTrust> trust =
        switch (Pem.readCertificates(authorities)) {
          case FileResult.Good<List<X509Certificate>>(List<X509Certificate> read) ->
              ServerTrust.of(read);
          case FileResult.Bad<List<X509Certificate>> bad ->
              new FileResult.Bad<>(bad.file(), bad.line(), bad.why());
        };
    return switch (trust) {
      case FileResult.Good<ServerTrust>(ServerTrust good) -> good;
      case FileResult.Bad<ServerTrust> bad ->
          throw new TlsUnusable(authorities + " cannot be used: " + bad.why(), null);
    };
  }

  private static SslContext make(Optional<Path> authorities) throws TlsUnusable {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    try {
      if (authorities.isPresent()) {
        builder.trustManager(trust(authorities.get()));
        builder.endpointIdentificationAlgorithm("HTTPS");
      } else {
        builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        builder.endpointIdentificationAlgorithm(null);
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsUnusable(
          authorities.map(Path::toString).orElse("TLS") + " cannot be used: " + Reasons.of(e), e);
    }
  }
}

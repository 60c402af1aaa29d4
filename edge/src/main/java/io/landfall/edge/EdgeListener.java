package io.landfall.edge;

import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An address on which clients are accepted.
 *
 * @param address where to listen; port 0 picks a free one
 * @param tls for TLS, the context for each server name of the client (RFC 6066 section 3); the
 *     mapping gets null when the client names none, and must always answer
 */
public record EdgeListener(
    InetSocketAddress address, Optional<Mapping<? super String, ? extends SslContext>> tls) {
  /** A listener without TLS. */
  public static EdgeListener plain(InetSocketAddress address) {
    return new EdgeListener(address, Optional.empty());
  }

  /** A listener with TLS. */
  public static EdgeListener tls(
      InetSocketAddress address, Mapping<? super String, ? extends SslContext> contexts) {
    return new EdgeListener(address, Optional.of(contexts));
  }
}

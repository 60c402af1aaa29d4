package io.landfall.edge;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An address on which clients are accepted.
 *
 * @param address where to listen; port 0 picks a free one
 * @param tls for TLS, what clients are shown
 * @param http2 whether clients may speak HTTP/2: over TLS by ALPN, which the contexts must offer,
 *     else with prior knowledge (RFC 9113 section 3)
 */
public record EdgeListener(InetSocketAddress address, Optional<TlsContexts> tls, boolean http2) {
  /** A listener without TLS, for every version of HTTP. */
  public static EdgeListener plain(InetSocketAddress address) {
    return new EdgeListener(address, Optional.empty(), true);
  }

  /** A listener with TLS, for every version of HTTP. */
  public static EdgeListener tls(InetSocketAddress address, TlsContexts contexts) {
    return new EdgeListener(address, Optional.of(contexts), true);
  }

  /** The same for HTTP/1 alone. */
  public EdgeListener withoutHttp2() {
    return new EdgeListener(address, tls, false);
  }
}

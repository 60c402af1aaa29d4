package io.landfall.edge;

import io.landfall.core.ServiceName;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An address on which clients are accepted.
 *
 * @param address where to listen; port 0 picks a free one
 * @param tls for TLS, what clients are shown
 * @param http2 whether clients may speak HTTP/2: over TLS by ALPN, which the contexts must offer,
 *     else with prior knowledge (RFC 9113 section 3)
 * @param proxies sources whose connections have to begin with a PROXY header, in front of TLS too
 * @param service the TCP service that every connection belongs to; empty for HTTP
 */
public record EdgeListener(
    InetSocketAddress address,
    Optional<TlsContexts> tls,
    boolean http2,
    TrustedProxies proxies,
    Optional<ServiceName> service) {
  /** One for HTTP, and without the PROXY protocol. */
  public EdgeListener(InetSocketAddress address, Optional<TlsContexts> tls, boolean http2) {
    this(address, tls, http2, TrustedProxies.NONE, Optional.empty());
  }

  /** A listener without TLS, for every version of HTTP. */
  public static EdgeListener plain(InetSocketAddress address) {
    return new EdgeListener(address, Optional.empty(), true);
  }

  /** A listener with TLS, for every version of HTTP. */
  public static EdgeListener tls(InetSocketAddress address, TlsContexts contexts) {
    return new EdgeListener(address, Optional.of(contexts), true);
  }

  /** The same with other contexts of TLS. */
  public EdgeListener with(TlsContexts contexts) {
    return new EdgeListener(address, Optional.of(contexts), http2, proxies, service);
  }

  /** The same for HTTP/1 alone. */
  public EdgeListener withoutHttp2() {
    return new EdgeListener(address, tls, false, proxies, service);
  }

  /** The same with sources whose connections have to begin with a PROXY header. */
  public EdgeListener behind(TrustedProxies sources) {
    return new EdgeListener(address, tls, http2, sources, service);
  }

  /** The same for a TCP service. */
  public EdgeListener of(ServiceName tcp) {
    return new EdgeListener(address, tls, http2, proxies, Optional.of(tcp));
  }
}

package io.landfall.edge;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where an origin server is, and how it is spoken to: connections to the same place are shared.
 *
 * @param address its resolved address
 * @param tls how, over TLS; empty for plain TCP
 * @param protocol in which version of HTTP, or as bytes
 * @param proxy whether connections begin with a PROXY header
 */
public record OriginPlace(
    InetSocketAddress address,
    Optional<OriginTls> tls,
    OriginProtocol protocol,
    ProxyProtocol proxy) {
  /** One without PROXY headers. */
  public OriginPlace(InetSocketAddress address, Optional<OriginTls> tls, OriginProtocol protocol) {
    this(address, tls, protocol, ProxyProtocol.NONE);
  }

  /** One that is asked over HTTP/1.1. */
  public OriginPlace(InetSocketAddress address, Optional<OriginTls> tls) {
    this(address, tls, OriginProtocol.HTTP_1);
  }
}

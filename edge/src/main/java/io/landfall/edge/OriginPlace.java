package io.landfall.edge;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where an origin server is, and how it is spoken to: connections to the same place are shared.
 *
 * @param address its resolved address
 * @param tls how, over TLS; empty for plain TCP
 */
public record OriginPlace(InetSocketAddress address, Optional<OriginTls> tls) {}

package io.landfall.edge;

/** The version of HTTP in which a backend is asked: as it is configured, without a fall back. */
public enum OriginProtocol {
  /** HTTP/1.1 (RFC 9112). */
  HTTP_1,
  /** HTTP/2 (RFC 9113): over TLS if ALPN chooses it, over plain TCP with prior knowledge. */
  HTTP_2
}

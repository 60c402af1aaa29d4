package io.landfall.edge;

/** The protocol of a backend: as it is configured, without a fall back. */
public enum OriginProtocol {
  /** HTTP/1.1 (RFC 9112). */
  HTTP_1,
  /** HTTP/2 (RFC 9113): over TLS if ALPN chooses it, over plain TCP with prior knowledge. */
  HTTP_2,
  /** Whatever protocol its service has: bytes that are not looked at. */
  TCP
}

package io.landfall.acme;

import java.util.Arrays;
import java.util.Optional;

/** How the CA verifies that a name is this operator's. */
public enum ChallengeType {
  /** A GET on port 80 of the name (RFC 8555 section 8.3). */
  HTTP_01("http-01"),
  /** A TLS handshake on port 443 of the name (RFC 8737). */
  TLS_ALPN_01("tls-alpn-01");

  private final String wire;

  ChallengeType(String wire) {
    this.wire = wire;
  }

  /** The type as ACME writes it. */
  public String wire() {
    return wire;
  }

  /** The type with that text; empty for any other. */
  static Optional<ChallengeType> of(String wire) {
    return Arrays.stream(values()).filter(each -> each.wire.equals(wire)).findFirst();
  }
}

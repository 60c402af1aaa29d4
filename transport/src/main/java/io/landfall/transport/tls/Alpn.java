package io.landfall.transport.tls;

/**
 * The protocols on the one overlay port, told apart by ALPN (RFC 7301). The BGP token is private
 * and carries the version of our profile; it is not the token of the BGP-over-TLS draft, whose
 * rules (port 179, TCP-AO underneath, no other token offered) this port does not follow.
 */
public enum Alpn {
  /** BGP-4 with Landfall's profile. */
  BGP("landfall-bgp/1"),
  /** HTTP/2 (RFC 9113): forwarded requests. */
  H2("h2");

  private final String token;

  Alpn(String token) {
    this.token = token;
  }

  /** The token as it stands in the ClientHello. */
  public String token() {
    return token;
  }
}

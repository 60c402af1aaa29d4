package io.landfall.transport.tls;

import io.landfall.core.RefusalRule;

/** How a TLS handshake on the overlay port ends without a peer. */
public enum HandshakeRule implements RefusalRule {
  /** The TLS handshake took too long. */
  HANDSHAKE_TIMEOUT(130, "handshake-timeout", "the TLS handshake took too long"),
  /** What it sent is not TLS. */
  NOT_TLS(131, "not-tls", "what it sent is not TLS"),
  /** It does not speak TLS 1.3. */
  TLS_VERSION(132, "tls-version", "it does not speak TLS 1.3"),
  /** The connection closed during the TLS handshake. */
  CLOSED_IN_HANDSHAKE(133, "closed-in-handshake", "the connection closed during the TLS handshake"),
  /** The TLS handshake failed otherwise. */
  TLS_FAILED(134, "tls-failed", "the TLS handshake failed otherwise"),
  /** As many handshakes were under way as there may be. */
  TOO_MANY_HANDSHAKES(
      135, "too-many-handshakes", "as many handshakes were under way as there may be"),
  /** The other end refuses this node's certificate, for its dates or another rule. */
  OWN_REFUSED(136, "own-refused", "the other end refuses this node's certificate"),
  /** It connected and sent nothing. */
  SILENT(137, "silent", "it connected and sent nothing"),
  /** As many handshakes of one source were under way as there may be. */
  TOO_MANY_FROM_SOURCE(
      138,
      "too-many-from-source",
      "as many handshakes of one source were under way as there may be"),
  /** It offers no protocol that this port speaks. */
  NO_ALPN(139, "no-alpn", "it offers no protocol (ALPN) that this port speaks");

  private final int number;
  private final String label;
  private final String meaning;

  HandshakeRule(int number, String label, String meaning) {
    this.number = number;
    this.label = label;
    this.meaning = meaning;
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String meaning() {
    return meaning;
  }
}

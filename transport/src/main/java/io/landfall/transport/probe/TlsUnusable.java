package io.landfall.transport.probe;

/** What a probe needs for TLS cannot be read. */
final class TlsUnusable extends Exception {
  private static final long serialVersionUID = 1L;

  TlsUnusable(String why, Throwable cause) {
    super(why, cause);
  }
}

package io.landfall.transport.probe;

import org.jspecify.annotations.Nullable;

/** What a probe needs for TLS cannot be read. */
final class TlsUnusable extends Exception {
  private static final long serialVersionUID = 1L;

  private final String why;

  TlsUnusable(String why, @Nullable Throwable cause) {
    super(why, cause);
    this.why = why;
  }

  /** What cannot be used, for a person. */
  String why() {
    return why;
  }
}

package io.landfall.node.link;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Turns what TLS threw into a sentence that an operator can act on. */
final class HandshakeFailures {
  private static final int MAX_DEPTH = 8;

  private HandshakeFailures() {}

  static String describe(@Nullable Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
      if (at instanceof CertificateException && at.getMessage() != null) {
        return at.getMessage();
      }
      if (at instanceof ClosedChannelException) {
        return "the connection closed during the TLS handshake";
      }
      at = at.getCause();
    }
    return failure == null ? "unknown" : "TLS handshake failed: " + failure.getMessage();
  }
}

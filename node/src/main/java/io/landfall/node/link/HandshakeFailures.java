package io.landfall.node.link;

import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what TLS threw into a rule to count by and a sentence that an operator can act on. */
final class HandshakeFailures {
  private HandshakeFailures() {}

  /**
   * Why a handshake failed.
   *
   * @param rule a fixed word
   * @param sentence for people
   */
  record Failure(String rule, String sentence) {}

  static Failure describe(@Nullable Throwable failure) {
    Optional<Refused> refused = AdmissionRefused.in(failure);
    if (refused.isPresent()) {
      return new Failure(refused.get().rule().word(), refused.get().sentence());
    }
    if (failure instanceof SslHandshakeTimeoutException) {
      return new Failure("handshake-timeout", "the TLS handshake took too long");
    }
    if (isOf(failure, NotSslRecordException.class)) {
      return new Failure("not-tls", "what it sent is not TLS");
    }
    String text = failure == null ? "" : String.valueOf(failure.getMessage());
    if (text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        || text.contains("Empty client certificate chain")) {
      return new Failure(
          AdmissionRule.NO_CERTIFICATE.word(), "the peer showed no certificate; TLS is mutual");
    }
    if (text.contains("UNSUPPORTED_PROTOCOL")
        || text.contains("is not enabled or supported")
        || text.contains("(protocol_version)")) {
      return new Failure("tls-version", "it does not speak TLS 1.3, and nothing older is taken");
    }
    if (failure == null
        || isOf(failure, ClosedChannelException.class)
        || text.contains("closed while SSL/TLS handshake")) {
      return new Failure("closed-in-handshake", "the connection closed during the TLS handshake");
    }
    return new Failure("tls-failed", "TLS handshake failed: " + text);
  }

  /** Whether a failure is of this class, or was caused by one that is. */
  private static boolean isOf(@Nullable Throwable failure, Class<?> type) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < 8; depth++) {
      if (type.isInstance(at)) {
        return true;
      }
      at = at.getCause();
    }
    return false;
  }
}

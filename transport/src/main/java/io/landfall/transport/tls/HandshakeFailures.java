package io.landfall.transport.tls;

import io.landfall.core.FailureText;
import io.landfall.core.RefusalRule;
import io.landfall.core.SocketText;
import io.landfall.trust.AdmissionRefused;
import io.landfall.trust.AdmissionResult.Refused;
import io.landfall.trust.AdmissionRule;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what TLS threw into a rule to count by and a sentence that an operator can act on. */
// The certificates of the JDK speak in java.util.Date.
@SuppressWarnings("JavaUtilDate")
final class HandshakeFailures {
  private static final String EXPIRED = "certificate_expired";

  /** Alerts about a certificate, as both TLS libraries write them once in lower case. */
  private static final List<String> REFUSALS =
      List.of(
          "alert: certificate_unknown",
          "alert_certificate_unknown",
          "alert: bad_certificate",
          "alert_bad_certificate",
          "alert: certificate_revoked",
          "alert_certificate_revoked",
          "alert: unknown_ca",
          "alert_unknown_ca",
          "alert: unsupported_certificate",
          "alert_unsupported_certificate");

  private HandshakeFailures() {}

  /**
   * Why a handshake failed.
   *
   * @param rule to count by
   * @param sentence for people
   */
  record Failure(RefusalRule rule, String sentence) {}

  /**
   * Why a handshake failed.
   *
   * @param own this node's certificate, whose dates the other end may have found wrong
   * @param wallMillis this node's clock, milliseconds since 1970
   */
  static Failure describe(@Nullable Throwable failure, X509Certificate own, long wallMillis) {
    Optional<Refused> refused = AdmissionRefused.in(failure);
    if (refused.isPresent()) {
      return new Failure(refused.get().rule(), refused.get().sentence());
    }
    if (failure instanceof SslHandshakeTimeoutException) {
      return new Failure(HandshakeRule.HANDSHAKE_TIMEOUT, "the TLS handshake took too long");
    }
    if (isOf(failure, NotSslRecordException.class)) {
      return new Failure(HandshakeRule.NOT_TLS, "what it sent is not TLS");
    }
    Optional<String> ours = aboutOurs(failure, own, wallMillis);
    if (ours.isPresent()) {
      return new Failure(HandshakeRule.OWN_REFUSED, ours.get());
    }
    String text = FailureText.of(failure);
    if (text.contains("PEER_DID_NOT_RETURN_A_CERTIFICATE")
        || text.contains("Empty client certificate chain")) {
      return new Failure(
          AdmissionRule.NO_CERTIFICATE, "the peer showed no certificate; TLS is mutual");
    }
    if (text.contains("UNSUPPORTED_PROTOCOL")
        || text.contains("is not enabled or supported")
        || text.contains("(protocol_version)")) {
      return new Failure(
          HandshakeRule.TLS_VERSION, "it does not speak TLS 1.3, and nothing older is taken");
    }
    if (failure == null
        || isOf(failure, ClosedChannelException.class)
        || text.contains("closed while SSL/TLS handshake")) {
      return new Failure(
          HandshakeRule.CLOSED_IN_HANDSHAKE, "the connection closed during the TLS handshake");
    }
    return new Failure(
        HandshakeRule.TLS_FAILED, "TLS handshake failed: " + SocketText.why(failure));
  }

  /**
   * What to report when the other end refused this node's certificate; empty when it did not. One
   * alert is for a certificate that "has expired or is not currently valid" (RFC 8446 section 6.2),
   * and the JDK's server has one alert for all other reasons, such as a revocation. So the alert is
   * named, and the dates beside this node's clock: if they fit, the reason is at the other end.
   */
  static Optional<String> aboutOurs(
      @Nullable Throwable failure, X509Certificate own, long wallMillis) {
    String text =
        failure == null ? "" : String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    boolean dates = text.contains(EXPIRED);
    Optional<String> refusal = REFUSALS.stream().filter(text::contains).findFirst();
    if (!dates && refusal.isEmpty()) {
      return Optional.empty();
    }
    String what =
        dates
            ? "the other end takes this node's certificate for expired or not yet valid"
            : "the other end refuses this node's certificate (TLS alert "
                + refusal.get().replaceFirst("^alert[:_] ?", "")
                + "), and its log and its 'landfall show refused' have the rule";
    Instant now = Instant.ofEpochMilli(wallMillis);
    Instant from = own.getNotBefore().toInstant();
    Instant to = own.getNotAfter().toInstant();
    boolean valid = !now.isBefore(from) && now.isBefore(to);
    return Optional.of(
        what
            + ": the certificate is valid from "
            + from
            + " to "
            + to
            + ", this node's clock shows "
            + now
            + "; "
            + remedy(dates, valid));
  }

  private static String remedy(boolean dates, boolean valid) {
    if (dates) {
      return "check the clocks of both";
    }
    return valid
        ? "by this clock it is valid, so check there whether it is revoked, whether its CA is"
            + " configured, and that node's clock"
        : "renew it, or check this node's clock";
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

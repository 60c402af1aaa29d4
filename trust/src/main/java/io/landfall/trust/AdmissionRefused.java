package io.landfall.trust;

import io.landfall.trust.AdmissionResult.Refused;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.PKIXReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A refusal on its way through a TLS library, which only carries exceptions. */
public final class AdmissionRefused extends CertificateException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_CAUSES = 16;

  private final transient Refused refused;

  AdmissionRefused(Refused refused) {
    super(refused.rule().label() + ": " + refused.sentence(), reason(refused));
    this.refused = refused;
  }

  /**
   * The refusal as the JDK phrases it: TLS libraries pick the alert for the peer by it (RFC 8446
   * section 6.2), as far as they know them; Netty over BoringSSL knows only the dates and revoked.
   */
  private static CertPathValidatorException reason(Refused refused) {
    Reason reason =
        switch (refused.rule()) {
          // RFC 8446 section 6.2 has one alert for both: "has expired or is not currently valid".
          case EXPIRED, NOT_YET_VALID -> BasicReason.EXPIRED;
          case REVOKED -> BasicReason.REVOKED;
          case WRONG_CA -> PKIXReason.NO_TRUST_ANCHOR;
          case WRONG_USAGE, NOT_A_LEAF -> PKIXReason.INVALID_KEY_USAGE;
          default -> PKIXReason.INVALID_NAME;
        };
    return new CertPathValidatorException(refused.rule().label(), null, null, -1, reason);
  }

  /** What was refused. */
  public Refused refused() {
    return refused;
  }

  /** The refusal that made a handshake fail, or empty when it failed for another reason. */
  public static Optional<Refused> in(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause instanceof AdmissionRefused refusal) {
        return Optional.of(refusal.refused);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}

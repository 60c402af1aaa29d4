package io.landfall.trust;

import io.landfall.trust.AdmissionResult.Refused;
import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A refusal on its way through a TLS library, which only carries exceptions. */
public final class AdmissionRefused extends CertificateException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_CAUSES = 16;

  private final transient Refused refused;

  AdmissionRefused(Refused refused) {
    super(refused.rule().word() + ": " + refused.sentence());
    this.refused = refused;
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

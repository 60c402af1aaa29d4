package io.landfall.acme;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a certificate is ordered. */
final class Renewal {
  /** So much of the lifetime is left when it is renewed, if the config has nothing else. */
  static final int PART_LEFT = 3;

  /** By how much of the time that is left the renewal may come earlier. */
  static final double SPREAD = 0.1;

  private Renewal() {}

  /**
   * When the next order is due, as far as the certificate counts.
   *
   * @param issued what there is; empty for none, which is due at once
   * @param before how long before its end; empty for a third of its lifetime
   * @param jitter between 0 and 1, of this node: nodes do not renew at the same moment
   */
  static Instant due(Optional<X509Certificate> issued, Optional<Duration> before, double jitter) {
    if (issued.isEmpty()) {
      return Instant.EPOCH;
    }
    Instant from = issued.get().getNotBefore().toInstant();
    Instant until = issued.get().getNotAfter().toInstant();
    Duration lifetime = Duration.between(from, until);
    Duration left = before.orElse(lifetime.dividedBy(PART_LEFT));
    if (left.compareTo(lifetime) >= 0) {
      // It would be renewed for ever.
      left = lifetime.dividedBy(2);
    }
    return until.minus(left).minusMillis((long) (left.toMillis() * SPREAD * jitter));
  }
}

package io.landfall.node;

import io.landfall.core.Clock;
import io.landfall.edge.tls.TicketKeys;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * Random keys of session tickets of one process. A new one encrypts every {@link #EVERY_NANOS}, and
 * the one before still decrypts: so who steals the memory of a process can read the tickets of a
 * day at the most, and a ticket is good for half a day at the least. Of one thread at a time: who
 * holds the lock of {@link CertificateWatch}; any may ask for the keys.
 */
final class TicketRotation {
  /** How long a key encrypts. */
  static final long EVERY_NANOS = TimeUnit.HOURS.toNanos(12);

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private volatile TicketKeys keys;
  private long madeNanos;

  TicketRotation(Clock clock) {
    this.clock = clock;
    this.keys = TicketKeys.random(random);
    this.madeNanos = clock.monotonicNanos();
  }

  /** The keys of now. */
  TicketKeys keys() {
    return keys;
  }

  /** Makes a new key if it is time to; whether it was. */
  boolean rotate() {
    long now = clock.monotonicNanos();
    if (now - madeNanos < EVERY_NANOS) {
      return false;
    }
    madeNanos = now;
    keys = keys.rotated(random);
    return true;
  }
}

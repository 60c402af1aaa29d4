package io.landfall.bgp;

import io.landfall.core.Rng;

/**
 * How long a session stays in Idle after it failed: the IdleHoldTimer and DampPeerOscillations of
 * RFC 4271 section 8.1.1.
 *
 * <p>Only failures of the protocol grow it: a peer that sends what this side rejects, or rejects
 * what this side sends, will do the same again. A stream that breaks, a hold timer that runs out,
 * an administrator's Cease, a lost collision and a peer that is still idle itself prove nothing of
 * the next attempt, so a node that was killed is welcome again at once. A session that held for a
 * while forgives what was before.
 */
final class IdleHold {
  private static final long SECOND = 1_000_000_000L;
  private static final long FIRST_NANOS = SECOND;
  private static final long MAX_NANOS = 120 * SECOND;

  /** How long a session must stay Established to clear the record. */
  private static final long STABLE_NANOS = 60 * SECOND;

  private final Rng jitter;
  private int failures;

  IdleHold(Rng jitter) {
    this.jitter = jitter;
  }

  /** A time shortened by up to a quarter (RFC 4271 section 10). */
  static long jittered(Rng jitter, long nanos) {
    return nanos - (nanos < 4 ? 0 : jitter.nextLong(nanos / 4));
  }

  /** Whether an error means that the next attempt will fare no better. */
  static boolean damps(int code, int subcode) {
    return switch (code) {
      case NotificationCodes.MESSAGE_HEADER,
          NotificationCodes.OPEN,
          NotificationCodes.UPDATE,
          NotificationCodes.FSM,
          NotificationCodes.ROUTE_REFRESH ->
          true;
      case NotificationCodes.CEASE ->
          subcode == NotificationCodes.MAX_PREFIXES
              || subcode == NotificationCodes.DECONFIGURED
              || subcode == NotificationCodes.OUT_OF_RESOURCES;
      default -> false;
    };
  }

  void wasEstablishedFor(long nanos) {
    if (nanos >= STABLE_NANOS) {
      failures = 0;
    }
  }

  /** The time to stay in Idle after one more failure: doubles each time, up to two minutes. */
  long afterFailureNanos() {
    int doublings = Math.min(failures, 16);
    failures++;
    return jittered(jitter, Math.min(MAX_NANOS, FIRST_NANOS << doublings));
  }

  /** The pause before a peer is called again whose session ended for no fault of the protocol. */
  long pauseNanos() {
    return jittered(jitter, FIRST_NANOS);
  }
}

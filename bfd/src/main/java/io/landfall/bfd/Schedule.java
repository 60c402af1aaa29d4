package io.landfall.bfd;

import io.landfall.core.Rng;
import java.util.OptionalLong;

/**
 * When a session sends next and when the peer counts as silent (RFC 5880 sections 6.8.2 to 6.8.4
 * and 6.8.7). Times in nanoseconds of the monotonic clock.
 */
final class Schedule {
  /** Section 6.8.3: while not Up, no system sends more often than once a second. */
  static final long SLOW_MICROS = 1_000_000;

  private static final long NANOS_PER_MICRO = 1_000;

  private final Rng jitter;
  private final int detectMult;
  private OptionalLong nextSend = OptionalLong.empty();
  private OptionalLong detectionExpiresAt = OptionalLong.empty();
  private long detectionMicros;
  private int peerMult = 1;
  private boolean graceGiven;

  Schedule(Rng jitter, int detectMult) {
    this.jitter = jitter;
    this.detectMult = detectMult;
  }

  /** A packet was sent; the next is due an interval from now, less the jitter. */
  void sent(long intervalMicros, long nowNanos) {
    nextSend = OptionalLong.of(nowNanos + jittered(intervalMicros));
  }

  /** Nothing is to be sent periodically. */
  void stopSending() {
    nextSend = OptionalLong.empty();
  }

  /** The interval may be another now: what is due later than it allows is due earlier. */
  void intervalIs(long intervalMicros, long nowNanos) {
    long due = nowNanos + jittered(intervalMicros);
    if (nextSend.isEmpty() || due - nextSend.getAsLong() < 0) {
      nextSend = OptionalLong.of(due);
    }
  }

  /** Less 0 to 25 percent, and less 10 percent at least with a Detect Mult of 1 (6.8.7). */
  private long jittered(long intervalMicros) {
    long least = detectMult == 1 ? intervalMicros / 10 : 0;
    long range = intervalMicros / 4 - least;
    return (intervalMicros - least - jitter.nextLong(range + 1)) * NANOS_PER_MICRO;
  }

  /**
   * A packet of the peer was taken.
   *
   * @param peerMult the Detect Mult in it
   * @param peerMicros how often the peer sends
   */
  void packetReceived(int peerMult, long peerMicros, long nowNanos) {
    this.peerMult = peerMult;
    detectionMicros = peerMult * peerMicros;
    detectionExpiresAt = OptionalLong.of(nowNanos + detectionMicros * NANOS_PER_MICRO);
    graceGiven = false;
  }

  boolean isSendDue(long nowNanos) {
    return nextSend.isPresent() && nowNanos - nextSend.getAsLong() >= 0;
  }

  /**
   * Whether the detection time is over.
   *
   * <p>When we look more than one of the peer's intervals too late, it was we who did not run (a
   * collector's pause, a stopped process), and what the peer sent meanwhile may lie unread in the
   * socket. Then the peer gets one more interval, once.
   */
  boolean isDetectionTimeOver(long nowNanos) {
    if (detectionExpiresAt.isEmpty() || nowNanos - detectionExpiresAt.getAsLong() < 0) {
      return false;
    }
    long interval = detectionMicros / peerMult * NANOS_PER_MICRO;
    if (!graceGiven && nowNanos - detectionExpiresAt.getAsLong() > interval) {
      graceGiven = true;
      detectionExpiresAt = OptionalLong.of(nowNanos + interval);
      return false;
    }
    return true;
  }

  /** The silence was noticed; the same span once more is twice the detection time. */
  void waitOnceMore(long nowNanos) {
    detectionExpiresAt = OptionalLong.of(nowNanos + detectionMicros * NANOS_PER_MICRO);
    graceGiven = true;
  }

  void stopDetection() {
    detectionExpiresAt = OptionalLong.empty();
  }

  long detectionMicros() {
    return detectionMicros;
  }

  OptionalLong deadlineNanos() {
    if (nextSend.isEmpty() || detectionExpiresAt.isEmpty()) {
      return nextSend.isPresent() ? nextSend : detectionExpiresAt;
    }
    return nextSend.getAsLong() - detectionExpiresAt.getAsLong() <= 0
        ? nextSend
        : detectionExpiresAt;
  }
}

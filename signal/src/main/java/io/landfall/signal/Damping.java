package io.landfall.signal;

import java.util.OptionalLong;

/**
 * Holds back a service that flaps, visibly and for a bounded time.
 *
 * <p>Bad news is never held back: a withdrawal leaves at once. It costs a penalty of {@value
 * #PENALTY_PER_WITHDRAWAL}, which halves every {@value #HALF_LIFE_SECONDS} seconds and never
 * exceeds {@value #MAX_PENALTY} (the shape of RFC 2439, whose defaults are known to punish a single
 * flap for far too long). A withdrawal that brings it to {@value #HOLD_AT} or more is a flap: the
 * next good news then waits until {@link #HOLD_NANOS} after the last good news. The end is fixed at
 * that withdrawal, so the decay of the penalty cannot shorten it. So the first withdrawal and
 * return cost nothing, a service that flaps causes at most one announcement and one withdrawal per
 * hold time, and none waits longer than one hold time for its turn, however high the penalty.
 */
final class Damping {
  static final double PENALTY_PER_WITHDRAWAL = 1000;
  static final double HOLD_AT = 1500;
  static final double MAX_PENALTY = 4000;
  static final long HALF_LIFE_SECONDS = 10;
  static final long HOLD_NANOS = 5_000_000_000L;

  private static final double HALF_LIFE_NANOS = HALF_LIFE_SECONDS * 1e9;

  private double penalty;
  private long penaltyAtNanos;
  private OptionalLong lastGoodNewsAtNanos = OptionalLong.empty();
  private OptionalLong holdEndsNanos = OptionalLong.empty();

  Damping(long nowNanos) {
    penaltyAtNanos = nowNanos;
  }

  /** The penalty as it has decayed by now. */
  double penalty(long nowNanos) {
    return penalty * Math.pow(0.5, Math.max(0, nowNanos - penaltyAtNanos) / HALF_LIFE_NANOS);
  }

  void withdrew(long nowNanos) {
    penalty = Math.min(MAX_PENALTY, penalty(nowNanos) + PENALTY_PER_WITHDRAWAL);
    penaltyAtNanos = nowNanos;
    if (penalty >= HOLD_AT) {
      holdEndsNanos =
          lastGoodNewsAtNanos.isPresent()
              ? OptionalLong.of(lastGoodNewsAtNanos.getAsLong() + HOLD_NANOS)
              : OptionalLong.empty();
    }
  }

  void publishedGoodNews(long nowNanos) {
    lastGoodNewsAtNanos = OptionalLong.of(nowNanos);
    holdEndsNanos = OptionalLong.empty();
  }

  /** Until when good news has to wait, or empty when it may leave now. */
  OptionalLong heldUntilNanos(long nowNanos) {
    return holdEndsNanos.isPresent() && holdEndsNanos.getAsLong() - nowNanos > 0
        ? holdEndsNanos
        : OptionalLong.empty();
  }
}

package io.landfall.edge.h2;

/**
 * How many RST_STREAM frames one HTTP/2 connection between nodes may still send: a store of {@link
 * #BURST} that fills again at {@link #PER_SECOND}. So in no span of {@link
 * H2Profile#resetWindowSeconds} are there more than {@code BURST + resetWindowSeconds *
 * PER_SECOND}, which is below the {@link H2Profile#maxResets} at which the other end takes us for
 * an attacker, with room for what Netty sends by itself.
 */
final class ResetBudget {
  /** The most at once: more than a connection has streams. */
  static final int BURST = 2_000;

  /** The most per second in the long run. */
  static final int PER_SECOND = 500;

  private static final long NANOS_EACH = 1_000_000_000L / PER_SECOND;
  private static final long FULL_NANOS = BURST * NANOS_EACH;

  // What is used of the store, as the time that it takes to fill again, at lastNanos.
  private long usedNanos;
  private long lastNanos;
  private boolean started;

  /** Takes one, and says whether there was one. */
  boolean take(long nowNanos) {
    if (started) {
      usedNanos = Math.max(0, usedNanos - Math.max(0, nowNanos - lastNanos));
    }
    started = true;
    lastNanos = nowNanos;
    if (usedNanos + NANOS_EACH > FULL_NANOS) {
      return false;
    }
    usedNanos += NANOS_EACH;
    return true;
  }
}

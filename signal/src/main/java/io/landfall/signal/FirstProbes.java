package io.landfall.signal;

/**
 * When each backend gets its first probe.
 *
 * <p>A node with few backends probes all of them at once, for its routes wait for the verdicts.
 * Those beyond {@link #AT_ONCE} follow one by one, {@link #GAP_NANOS} apart: 4,096 within a second.
 * Every later probe comes an interval after the result before it, so what began spread out stays
 * so.
 */
final class FirstProbes {
  /** So many first probes start in one instant. */
  static final int AT_ONCE = ProbeSchedule.MAX_TOGETHER;

  /** Between two first probes after those. */
  static final long GAP_NANOS = 250_000L;

  private final long startNanos;
  private int given;

  /** First probes from this time on. */
  FirstProbes(long startNanos) {
    this.startNanos = startNanos;
  }

  /** When the next backend, in the order of services by name, gets its first probe. */
  long next() {
    given++;
    return startNanos + Math.max(0, given - AT_ONCE) * GAP_NANOS;
  }
}

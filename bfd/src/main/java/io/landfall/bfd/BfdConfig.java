package io.landfall.bfd;

import java.util.Optional;

/**
 * What one session is configured with.
 *
 * @param discriminator our number for the session, not 0, unique in this system
 * @param timing how often, and how many times
 * @param keys how packets are authenticated; empty: not at all, and then an authenticated packet is
 *     discarded
 */
public record BfdConfig(int discriminator, Timing timing, Optional<SessionKeys> keys) {
  /** Checks the discriminator. */
  public BfdConfig {
    if (discriminator == 0) {
      throw new IllegalArgumentException("a discriminator is not 0 (RFC 5880 section 6.8.1)");
    }
  }

  /**
   * The timers that we ask for; what is used is agreed with the peer.
   *
   * @param intervalMillis both the interval at which we would like to send and the one at which we
   *     can receive
   * @param detectMult how many of the peer's intervals without a packet mean that the path is dead
   */
  public record Timing(int intervalMillis, int detectMult) {
    /** Dead after 600 ms. */
    public static final Timing DEFAULT = new Timing(200, 3);

    /** The shortest interval: below it, a busy machine's own pauses would look like cuts. */
    public static final int MIN_INTERVAL_MILLIS = 50;

    /** The longest. */
    public static final int MAX_INTERVAL_MILLIS = 60_000;

    /** Checks the ranges. */
    public Timing {
      if (intervalMillis < MIN_INTERVAL_MILLIS
          || intervalMillis > MAX_INTERVAL_MILLIS
          || detectMult < 1
          || detectMult > 255) {
        throw new IllegalArgumentException(
            "a BFD interval is "
                + MIN_INTERVAL_MILLIS
                + ".."
                + MAX_INTERVAL_MILLIS
                + " ms and a multiplier 1..255");
      }
    }

    long intervalMicros() {
      return intervalMillis * 1_000L;
    }
  }
}

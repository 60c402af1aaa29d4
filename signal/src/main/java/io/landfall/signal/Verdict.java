package io.landfall.signal;

import io.landfall.core.Signal;

/**
 * What a service would say now.
 *
 * @param told what the overlay would be told
 * @param why why, for a person
 * @param byHosts whether the word of its hosts decided, which may flap like a probe
 */
record Verdict(Told told, String why, boolean byHosts) {
  static Verdict down(String why) {
    return new Verdict(Told.NOTHING, why, false);
  }

  /**
   * What the overlay is told of a service.
   *
   * @param tier what its hosts add to the configured tier
   */
  record Told(Signal signal, long tier) {
    static final Told NOTHING = new Told(Signal.DOWN, 0);

    /** UP, COLD, DRAINING, DOWN: the order of the words is from best to worst. */
    boolean isBetterThan(Told other) {
      int c = signal.compareTo(other.signal);
      return c != 0 ? c < 0 : tier < other.tier;
    }
  }
}

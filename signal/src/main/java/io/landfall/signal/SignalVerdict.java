package io.landfall.signal;

import io.landfall.core.Signal;

/**
 * What a service's signal would be now.
 *
 * @param published what would be published of it
 * @param cause what decided
 */
record SignalVerdict(Published published, Cause cause) {
  /** What decided: the strictest input. */
  enum Cause {
    NOT_HOSTED,
    WITHDRAWN,
    LEASE_ENDED,
    BACKENDS_DOWN,
    BACKENDS_DRAINED,
    HOSTS_DOWN,
    BACKENDS_OF_HOSTS_DOWN,
    NODE_DRAINS,
    SERVICE_DRAINS,
    HOSTS,
    CACHE_COLD,
    BACKENDS_UP
  }

  static SignalVerdict down(Cause cause) {
    return new SignalVerdict(Published.NOTHING, cause);
  }

  /** Whether the advertisement of its host decided, which may flap like a probe. */
  boolean byHosts() {
    return cause == Cause.HOSTS;
  }

  /**
   * What the overlay is given of a service.
   *
   * @param tier what its hosts add to the configured tier
   */
  record Published(Signal signal, long tier) {
    static final Published NOTHING = new Published(Signal.DOWN, 0);

    /** UP, COLD, DRAINING, DOWN: the order is from best to worst. */
    boolean isBetterThan(Published other) {
      int c = signal.compareTo(other.signal);
      return c != 0 ? c < 0 : tier < other.tier;
    }
  }
}

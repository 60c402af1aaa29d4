package io.landfall.bgp;

import java.util.OptionalLong;

/** One timer of the FSM: a moment of the monotonic clock, or nothing. It fires at most once. */
final class FsmTimer {
  private boolean running;
  private long atNanos;

  void start(long nowNanos, long delayNanos) {
    running = true;
    atNanos = nowNanos + delayNanos;
  }

  void stop() {
    running = false;
  }

  boolean isRunning() {
    return running;
  }

  /** Whether the timer has expired; it then stops. An early or late tick changes nothing else. */
  boolean expired(long nowNanos) {
    if (running && nowNanos - atNanos >= 0) {
      running = false;
      return true;
    }
    return false;
  }

  /** The earlier of this timer and what another has. */
  OptionalLong earlier(OptionalLong other) {
    if (!running) {
      return other;
    }
    // The clock's origin is arbitrary, so moments are compared by their difference.
    return other.isPresent() && other.getAsLong() - atNanos <= 0 ? other : OptionalLong.of(atNanos);
  }
}

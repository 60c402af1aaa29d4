package io.landfall.edge;

/** The time of an event loop. */
interface LoopTime {
  /** The time of the loop's last tick in nanoseconds: exact enough for timeouts, and free. */
  long nowNanos();
}

package io.landfall.edge.loop;

/** The time of an event loop. */
public interface LoopTime {
  /** The time of the loop's last tick in nanoseconds: exact enough for timeouts, and free. */
  long nowNanos();
}

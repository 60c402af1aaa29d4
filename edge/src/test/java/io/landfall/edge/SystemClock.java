package io.landfall.edge;

import io.landfall.core.Clock;

/** The machine's clocks, as the node hands them to the edge. */
public enum SystemClock implements Clock {
  INSTANCE;

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }
}

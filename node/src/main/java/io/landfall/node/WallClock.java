package io.landfall.node;

import io.landfall.core.Clock;

/** The machine's clocks, for what runs before there is a control loop. */
enum WallClock implements Clock {
  /** The only one. */
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

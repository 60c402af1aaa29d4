package io.landfall.edge.cache;

import io.landfall.core.Clock;
import io.landfall.edge.SystemClock;
import java.util.concurrent.atomic.AtomicLong;

/** The real clocks, which a test can put forward. */
final class ShiftedClock implements Clock {
  private final AtomicLong aheadSeconds = new AtomicLong();

  void advanceSeconds(long seconds) {
    aheadSeconds.addAndGet(seconds);
  }

  @Override
  public long monotonicNanos() {
    return SystemClock.INSTANCE.monotonicNanos() + aheadSeconds.get() * 1_000_000_000L;
  }

  @Override
  public long wallMillis() {
    return SystemClock.INSTANCE.wallMillis() + aheadSeconds.get() * 1_000;
  }
}

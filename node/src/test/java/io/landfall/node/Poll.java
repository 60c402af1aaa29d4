package io.landfall.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition with a deadline that a loaded machine keeps. */
final class Poll {
  static final long PATIENCE_SECONDS = 30;
  private static final long POLL_NANOS = 10_000_000;

  private Poll() {}

  /** Polls until the condition holds; fails with what was seen last. */
  static void until(String what, BooleanSupplier condition, Supplier<?> seen) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "not seen in " + PATIENCE_SECONDS + " s: " + what + "\nlast seen:\n" + seen.get());
      }
      // Between two looks at the condition, which alone ends the wait.
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}

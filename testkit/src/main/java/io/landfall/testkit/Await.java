package io.landfall.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for a condition, with a deadline. A test never sleeps for a fixed time: it polls what it
 * waits for, and shows what it last saw when it gives up.
 */
public final class Await {
  /** Long enough for a loaded machine; a test that passes never waits for all of it. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long POLL_NANOS = 10_000_000;

  private Await() {}

  /**
   * Polls until the condition holds, for {@link #PATIENCE}.
   *
   * @param what what is waited for, for the failure
   * @throws AssertionError when the deadline passes first
   */
  public static void until(String what, BooleanSupplier condition) {
    until(what, condition, () -> "(nothing to show)");
  }

  /**
   * Polls until the condition holds, for {@link #PATIENCE}.
   *
   * @param what what is waited for, for the failure
   * @param seen what to show when the deadline passes
   * @throws AssertionError when the deadline passes first
   */
  public static void until(String what, BooleanSupplier condition, Supplier<?> seen) {
    until(PATIENCE, what, condition, seen);
  }

  /** As {@link #until(String, BooleanSupplier, Supplier)}, with a deadline of the caller's. */
  public static void until(
      Duration patience, String what, BooleanSupplier condition, Supplier<?> seen) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "not seen within "
                + patience.toSeconds()
                + " s: "
                + what
                + "\nlast seen:\n"
                + seen.get());
      }
      LockSupport.parkNanos(POLL_NANOS); // Between two looks at the condition.
    }
  }

  /**
   * Checks that a condition holds at every poll for a while: for proofs that something does
   * <em>not</em> happen, where there is nothing to wait for.
   *
   * @throws AssertionError at the first poll at which it does not hold
   */
  public static void holdsFor(
      Duration span, String what, BooleanSupplier condition, Supplier<?> seen) {
    long end = System.nanoTime() + span.toNanos();
    while (System.nanoTime() - end < 0) {
      if (!condition.getAsBoolean()) {
        throw new AssertionError("did not hold: " + what + "\nseen:\n" + seen.get());
      }
      LockSupport.parkNanos(POLL_NANOS); // Between two looks at the condition.
    }
  }
}

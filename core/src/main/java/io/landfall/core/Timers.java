package io.landfall.core;

/**
 * Runs a task later, on the thread that owns the caller's state. A timer is a wake-up and nothing
 * more: the task re-checks its reason when it runs.
 */
@FunctionalInterface
public interface Timers {
  /** Runs the task once, after the delay; a delay of zero or less runs it as soon as possible. */
  Cancellable schedule(long delayNanos, Runnable task);

  /** A task that has not run yet. */
  @FunctionalInterface
  interface Cancellable {
    /** Forgets the task; does nothing when it already ran. */
    void cancel();
  }
}

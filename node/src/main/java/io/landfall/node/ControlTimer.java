package io.landfall.node;

import io.landfall.core.Timers.Cancellable;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One wake-up for one state object: always set to the object's earliest deadline, never more than
 * one in flight. Used on the control thread only.
 *
 * <p>What is due here declares others late or lost. When the wake-up itself is late by {@link
 * #PAUSE_NANOS}, this process has stood still, and so have the threads of it that hand over what
 * was received. They get {@link #GRACE_NANOS} to do so, once, before anything is declared.
 */
final class ControlTimer {
  /** Whoever wakes up this late suspects itself. */
  static final long PAUSE_NANOS = 100_000_000L;

  /** How long the other threads of the process get after that. */
  static final long GRACE_NANOS = 50_000_000L;

  private final ControlLoop control;
  private final Runnable onDue;
  private @Nullable Cancellable pending;
  private long armedForNanos;
  private boolean inGrace;
  private long graceEndsNanos;

  ControlTimer(ControlLoop control, Runnable onDue) {
    this.control = control;
    this.onDue = onDue;
  }

  /** Arms the timer for this deadline, or disarms it. */
  void arm(OptionalLong deadlineNanos) {
    if (deadlineNanos.isEmpty()) {
      if (pending != null) {
        pending.cancel();
        pending = null;
      }
      return;
    }
    long deadline = deadlineNanos.getAsLong();
    if (inGrace && deadline - graceEndsNanos < 0) {
      deadline = graceEndsNanos;
    }
    if (pending != null) {
      if (armedForNanos == deadline) {
        return;
      }
      pending.cancel();
    }
    set(deadline);
  }

  private void set(long deadlineNanos) {
    armedForNanos = deadlineNanos;
    pending = control.schedule(deadlineNanos - control.monotonicNanos(), this::fire);
  }

  private void fire() {
    pending = null;
    long now = control.monotonicNanos();
    if (!inGrace && now - armedForNanos >= PAUSE_NANOS) {
      inGrace = true;
      graceEndsNanos = now + GRACE_NANOS;
      set(graceEndsNanos);
      return;
    }
    inGrace = false;
    onDue.run();
  }
}

package io.landfall.node;

import io.landfall.core.Timers.Cancellable;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One wake-up for one state object: always set to the object's earliest deadline, never more than
 * one in flight. Used on the control thread only.
 */
final class ControlTimer {
  private final ControlLoop control;
  private final Runnable onDue;
  private @Nullable Cancellable pending;
  private long armedForNanos;

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
    if (pending != null) {
      if (armedForNanos == deadline) {
        return;
      }
      pending.cancel();
    }
    armedForNanos = deadline;
    pending =
        control.schedule(
            deadline - control.monotonicNanos(),
            () -> {
              pending = null;
              onDue.run();
            });
  }
}

package io.landfall.node;

import io.landfall.core.Clock;
import io.landfall.core.Timers;
import io.landfall.core.Timers.Cancellable;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One wake-up for one state object: never later than the object's earliest deadline, never more
 * than one in flight. Used on the control thread only.
 *
 * <p>A deadline that moved away leaves its wake-up alone: that comes early, finds nothing due, and
 * is set anew. So a packet that puts a deadline off does not cost a cancelled timer.
 *
 * <p>What is due here declares others late or lost. When the wake-up itself is late by {@link
 * #PAUSE_NANOS}, this process has stood still, and so have the threads of it that hand over what
 * was received. They get {@link #GRACE_NANOS} to do so, once, before anything is declared.
 */
final class ControlTimer {
  /** A node that wakes up this late suspects itself. */
  static final long PAUSE_NANOS = 100_000_000L;

  /** How long the other threads of the process get after that. */
  static final long GRACE_NANOS = 50_000_000L;

  private final Clock clock;
  private final Timers timers;
  private final Runnable onDue;
  private final long graceNanos;
  private @Nullable Cancellable pending;
  private OptionalLong deadlineNanos = OptionalLong.empty();
  private long armedForNanos;
  private boolean inGrace;
  private long graceEndsNanos;

  /**
   * A timer that is not armed.
   *
   * @param graceNanos what other threads get after a pause; 0 when none hands over anything
   */
  ControlTimer(Clock clock, Timers timers, Runnable onDue, long graceNanos) {
    this.clock = clock;
    this.timers = timers;
    this.onDue = onDue;
    this.graceNanos = graceNanos;
  }

  /** Arms the timer for this deadline, or disarms it. */
  void arm(OptionalLong deadline) {
    deadlineNanos = deadline;
    if (deadline.isEmpty()) {
      stop();
      return;
    }
    long at = deadline.getAsLong();
    if (inGrace && at - graceEndsNanos < 0) {
      at = graceEndsNanos;
    }
    if (pending != null) {
      if (at - armedForNanos >= 0) {
        return;
      }
      pending.cancel();
    }
    set(at);
  }

  /** Disarms it. */
  void stop() {
    deadlineNanos = OptionalLong.empty();
    if (pending != null) {
      pending.cancel();
      pending = null;
    }
  }

  private void set(long nanos) {
    armedForNanos = nanos;
    pending = timers.schedule(Math.max(0, nanos - clock.monotonicNanos()), this::fire);
  }

  private void fire() {
    pending = null;
    long now = clock.monotonicNanos();
    if (deadlineNanos.isEmpty()) {
      return;
    }
    if (deadlineNanos.getAsLong() - now > 0) {
      inGrace = false;
      set(deadlineNanos.getAsLong());
      return;
    }
    if (!inGrace && graceNanos > 0 && now - armedForNanos >= PAUSE_NANOS) {
      inGrace = true;
      graceEndsNanos = now + graceNanos;
      set(graceEndsNanos);
      return;
    }
    inGrace = false;
    onDue.run();
  }
}

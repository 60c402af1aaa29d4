package io.landfall.node.bfd;

import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.PathLiveness;
import io.landfall.core.Timers.Cancellable;
import io.landfall.node.ControlLoop;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One session with a real clock; on the control thread only. */
final class BfdRunner {
  /** Whose session it is. */
  interface Owner {
    /** Send this to the peer. */
    void send(byte[] datagram);

    /** The datagram that was just given was the peer's own. */
    void heard();

    /** What is known of the path changed. */
    void pathChanged(PathLiveness path, String why);

    /** The state changed. */
    void stateChanged(BfdEffect.StateChanged change);
  }

  private final BfdSession session;
  private final ControlLoop control;
  private final Owner owner;
  private @Nullable Cancellable timer;
  private long armedForNanos;
  private boolean stopped;

  BfdRunner(BfdSession session, ControlLoop control, Owner owner) {
    this.session = session;
    this.control = control;
    this.owner = owner;
  }

  BfdSession session() {
    return session;
  }

  void step(BfdEvent event) {
    if (stopped) {
      return;
    }
    for (BfdEffect effect : session.step(event, control.monotonicNanos())) {
      switch (effect) {
        case BfdEffect.Send(byte[] datagram) -> owner.send(datagram);
        case BfdEffect.Heard _ -> owner.heard();
        case BfdEffect.Discarded _ -> {} // the session counts them
        case BfdEffect.StateChanged changed -> owner.stateChanged(changed);
        case BfdEffect.PathChanged(PathLiveness path, String why) -> owner.pathChanged(path, why);
      }
    }
    arm();
  }

  /** Ends it without a word to the peer. */
  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /**
   * A deadline that moved away leaves its timer alone: that fires early, finds nothing due, and is
   * set anew. So a packet does not cost a cancelled timer. It waits for nothing that other threads
   * hand over: packets arrive on the control loop itself.
   */
  private void arm() {
    OptionalLong due = session.deadlineNanos();
    if (stopped || due.isEmpty()) {
      return;
    }
    if (timer != null) {
      if (due.getAsLong() - armedForNanos >= 0) {
        return;
      }
      timer.cancel();
    }
    armedForNanos = due.getAsLong();
    timer =
        control.scheduleAhead(
            armedForNanos - control.monotonicNanos(),
            () -> {
              timer = null;
              step(new BfdEvent.Tick());
            });
  }
}

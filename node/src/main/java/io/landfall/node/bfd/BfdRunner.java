package io.landfall.node.bfd;

import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.PathLiveness;
import io.landfall.node.ControlLoop;
import io.landfall.node.Driver;

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
  private final Owner owner;
  private final Driver<BfdEvent, BfdEffect> driver;

  BfdRunner(BfdSession session, ControlLoop control, Owner owner) {
    this.session = session;
    this.owner = owner;
    // Packets arrive on the control loop itself: a tick waits for nothing that others hand over.
    this.driver =
        Driver.withoutGrace(
            session, control, control::scheduleAhead, new BfdEvent.Tick(), this::carryOut);
  }

  BfdSession session() {
    return session;
  }

  void step(BfdEvent event) {
    driver.apply(event);
  }

  private void carryOut(BfdEffect effect) {
    switch (effect) {
      case BfdEffect.Send(byte[] datagram) -> owner.send(datagram);
      case BfdEffect.PacketAccepted _ -> owner.heard();
      case BfdEffect.Discarded _ -> {} // the session counts them
      case BfdEffect.StateChanged changed -> owner.stateChanged(changed);
      case BfdEffect.PathChanged(PathLiveness path, String why) -> owner.pathChanged(path, why);
    }
  }

  /** Ends it without a word to the peer. */
  void stop() {
    driver.stop();
  }
}

package io.landfall.node;

import io.landfall.admin.CommandResult;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps changes of the config one at a time: a change that comes while one is made, or while the
 * config is held for another process of the node, is refused at once. Whoever holds it gives it
 * back by the same thread.
 */
final class ChangeLock {
  private static final String BUSY =
      "another change is being applied, or the node goes on in another process; look again and try"
          + " again";

  private final ReentrantLock lock = new ReentrantLock();

  /** One change. */
  interface Change {
    /** Makes it. */
    CommandResult make();
  }

  /** Makes a change, or refuses it while another one is being made. */
  CommandResult exclusively(Change change) {
    if (!lock.tryLock()) {
      return new CommandResult.Conflict(BUSY);
    }
    try {
      return change.make();
    } finally {
      lock.unlock();
    }
  }

  /** Holds it if nobody does; false if somebody does. */
  boolean tryHold() {
    return lock.tryLock();
  }

  /** Holds it, as soon as nobody does. */
  void hold() {
    lock.lock();
  }

  /** Gives it back. */
  void release() {
    lock.unlock();
  }
}

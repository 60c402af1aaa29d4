package io.landfall.edge.exchange;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * How many connections to backends the process may have open. A client over HTTP/2 wants one for
 * each of its requests, and the file descriptors of a process are for its other sockets and files
 * too. Any thread may call.
 */
public final class ConnectionShare {
  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  /** None are open. */
  ConnectionShare(int most) {
    this.most = most;
  }

  /**
   * Takes a place, if one is left, or becomes free as soon as a connection is closed.
   *
   * @param makeRoom closes one that is idle, if there is one
   */
  public boolean take(BooleanSupplier makeRoom) {
    if (open.incrementAndGet() <= most || makeRoom.getAsBoolean()) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  /** A connection did not come about, or is closed. */
  public void giveBack() {
    open.decrementAndGet();
  }
}

package io.landfall.edge.exchange;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests there are at once, over all event loops: of one service at its local backends,
 * or of the whole node those that are tunnels or ask for one.
 */
final class ServiceLoad {
  private final AtomicInteger inProgress = new AtomicInteger();

  /** Whether the limit is reached; loops that ask at the same moment may pass it by one each. */
  boolean isFull(int maxRequests) {
    return inProgress.get() >= maxRequests;
  }

  void enter() {
    inProgress.incrementAndGet();
  }

  /** Enters if there is room, and never beyond the limit. */
  boolean enter(int most) {
    if (inProgress.incrementAndGet() > most) {
      inProgress.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inProgress.decrementAndGet();
  }
}

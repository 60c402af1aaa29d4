package io.landfall.edge.exchange;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests one service has in progress at its local backends, over all event loops. */
final class ServiceLoad {
  private final AtomicInteger inProgress = new AtomicInteger();

  /** Whether the limit is reached; loops that ask at the same moment may pass it by one each. */
  boolean isFull(int maxRequests) {
    return inProgress.get() >= maxRequests;
  }

  void enter() {
    inProgress.incrementAndGet();
  }

  void leave() {
    inProgress.decrementAndGet();
  }
}

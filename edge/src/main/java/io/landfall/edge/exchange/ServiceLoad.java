package io.landfall.edge.exchange;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests there are at once, over all event loops: of one service at its local backends,
 * or of the whole node those that are tunnels or ask for one.
 */
final class ServiceLoad {
  private final AtomicInteger inProgress = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();

  /** The queues of event loops on which a request has waited: as many as loops at the most. */
  private final List<ServiceQueue> queues = new CopyOnWriteArrayList<>();

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
    if (waiting.get() > 0) {
      for (ServiceQueue queue : queues) {
        queue.freed();
      }
    }
  }

  /** How many wait for a place. */
  int waiting() {
    return waiting.get();
  }

  /** So many more wait. */
  void waits(int more) {
    waiting.addAndGet(more);
  }

  /** There is a queue, which is told when a place may be free. */
  void queues(ServiceQueue queue) {
    queues.add(queue);
  }
}

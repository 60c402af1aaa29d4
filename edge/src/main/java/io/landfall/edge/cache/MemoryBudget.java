package io.landfall.edge.cache;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that the cache may hold in memory, bodies and what is known of them, whoever holds
 * them: an object that was thrown out counts until its last reader is done. Taken before they are
 * used, so the bound is hard. Any thread may call.
 */
final class MemoryBudget {
  private volatile long mostBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  MemoryBudget(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** So many may be taken from now on; what is taken already stays so. */
  void resize(long otherBytes) {
    mostBytes = otherBytes;
  }

  /** Takes bytes, unless there are not so many left. */
  boolean tryTake(long bytes) {
    long used = usedBytes.get();
    while (used + bytes <= mostBytes) {
      long seen = usedBytes.compareAndExchange(used, used + bytes);
      if (seen == used) {
        return true;
      }
      used = seen;
    }
    return false;
  }

  /** Gives back what was taken. */
  void give(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  long usedBytes() {
    return usedBytes.get();
  }

  long mostBytes() {
    return mostBytes;
  }
}

package io.landfall.edge.cache;

import io.landfall.core.InvariantBroken;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something off the heap that several hold, on any threads: the last one to let go frees it. Who
 * made it holds it once.
 */
abstract class Counted {
  private final AtomicInteger holders = new AtomicInteger(1);

  /** Holds it once more, unless it is gone. */
  final boolean tryRetain() {
    int held = holders.get();
    while (held > 0) {
      int seen = holders.compareAndExchange(held, held + 1);
      if (seen == held) {
        return true;
      }
      held = seen;
    }
    return false;
  }

  /** Holds it once more; only for who holds it. */
  final void retain() {
    if (!tryRetain()) {
      throw new InvariantBroken("held by somebody, and gone");
    }
  }

  /** Lets go of it. */
  final void release() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      free();
    } else if (left < 0) {
      throw new InvariantBroken("let go more often than held");
    }
  }

  /** How often it is held. */
  final int holders() {
    return holders.get();
  }

  /** Nobody holds it any more. */
  abstract void free();
}

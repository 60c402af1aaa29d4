package io.landfall.node.probe;

import java.net.SocketTimeoutException;

/**
 * The end of a probe: one total time for all that it does, so that a slow drip cannot extend it.
 */
final class Deadline {
  private final long timeoutMillis;
  private final long endNanos;

  Deadline(long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    this.endNanos = System.nanoTime() + timeoutMillis * 1_000_000L;
  }

  long remainingNanos() {
    return endNanos - System.nanoTime();
  }

  /** What is left, at least 1 ms, as socket calls want it: for them 0 means for ever. */
  int remainingMillis() throws SocketTimeoutException {
    long left = remainingNanos();
    if (left <= 0) {
      throw new SocketTimeoutException("deadline");
    }
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (left + 999_999L) / 1_000_000L));
  }

  String passed(String doing) {
    return doing + " took longer than " + timeoutMillis + " ms";
  }
}

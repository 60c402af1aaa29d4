package io.landfall.transport.probe;

/** The end of a probe: one total time for all that it does, whatever it waits for. */
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

  String passed(String doing) {
    return doing + " took longer than " + timeoutMillis + " ms";
  }
}

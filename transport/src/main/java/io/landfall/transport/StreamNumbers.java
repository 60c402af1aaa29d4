package io.landfall.transport;

import java.util.concurrent.atomic.AtomicLong;

/** The numbers of streams, whatever they run on: each is given once in the life of the process. */
public final class StreamNumbers {
  private static final AtomicLong LAST = new AtomicLong();

  private StreamNumbers() {}

  /** A number that no stream of the process has had; above zero. Any thread. */
  public static long next() {
    return LAST.incrementAndGet();
  }
}

package io.landfall.edge.cache;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * When URLs of all services were last made invalid whose stored responses cannot be looked up by
 * their key: slices, and responses that fields of requests are keyed by. Of a fixed size, however
 * many URLs clients change: URLs that share a place by chance are made invalid together, one in
 * {@value #PLACES}. Any thread may call.
 *
 * <p>Each fetch takes a ticket when it is asked for; what it brings is valid while no younger one
 * is at its place.
 */
final class InvalidatedUrls {
  /** The place that is always valid: of a response that is dropped by its key. */
  static final int NOWHERE = -1;

  /** How many there are: 512 KiB for the node. */
  static final int PLACES = 1 << 16;

  private final AtomicLong tickets = new AtomicLong();
  private final AtomicLongArray last = new AtomicLongArray(PLACES);

  /** The place of a URL, by its mark, which is a hash under a secret. */
  static int place(long urlMark) {
    return (int) (urlMark ^ (urlMark >>> 32)) & (PLACES - 1);
  }

  /** A ticket for what is asked for from now on. */
  long ticket() {
    return tickets.get();
  }

  /** What was asked for until now at a place is invalid. */
  void invalidate(int place) {
    long now = tickets.incrementAndGet();
    last.accumulateAndGet(place, now, Math::max);
  }

  /**
   * Another version of what was asked for with a ticket came: what was asked for until now at a
   * place is invalid, and this is not. If it was already it tells nothing, and nothing changes:
   * what is valid there was asked for behind it.
   *
   * @return its ticket from now on
   */
  long replace(int place, long ticket) {
    long before = last.get(place);
    while (before <= ticket) {
      long now = tickets.incrementAndGet();
      if (last.compareAndSet(place, before, now)) {
        return now;
      }
      before = last.get(place);
    }
    return ticket;
  }

  /** Whether what was asked for with a ticket is still valid. */
  boolean isValid(int place, long ticket) {
    return place == NOWHERE || last.get(place) <= ticket;
  }
}

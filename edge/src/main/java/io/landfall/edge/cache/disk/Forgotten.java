package io.landfall.edge.cache.disk;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What is stored and must not be used any more: responses that an unsafe method made invalid (RFC
 * 9111 section 4.4), or that a newer one replaces which could not be written. Each thing that is
 * stored, and each that is forgotten, has a ticket, a number that grows; what is stored under a
 * fingerprint is invalid if it has a smaller ticket than the latest that was forgotten of it.
 *
 * <p>Bounded: when there are too many, all that has a smaller ticket than the older half of them is
 * forgotten, which takes too much and never too little. Any thread may call.
 */
final class Forgotten {
  /** Fingerprints that are known by themselves. */
  static final int MOST = 65_536;

  /** More than what waits to be written: so far behind the oldest segment none is of use. */
  private static final long LATE_TICKETS = 1_000_000;

  /** Of so many keys of others, one at most counts as forgotten with one that is, for a moment. */
  private static final int PLACES = 16_384;

  /** Tickets of one run of a process. */
  private static final int RUN_SHIFT = 40;

  private final Map<Long, Long> tickets = new ConcurrentHashMap<>();

  /** Newer ones that wait to be written: until then the older ones must not be found. */
  private final Map<Long, Long> waiting = new ConcurrentHashMap<>();

  /** The latest ticket of what was forgotten, by place: a hash of fingerprints. */
  private final AtomicLongArray latest = new AtomicLongArray(PLACES);

  private final AtomicLong last = new AtomicLong();
  private volatile long floor;

  /** The next ticket. */
  long next() {
    return last.incrementAndGet();
  }

  /** The last ticket that was given. */
  long last() {
    return last.get();
  }

  /** What is being read from disk is forgotten, whether anything is known to be there or not. */
  void addRead(long fingerprint, long ticket) {
    latest.accumulateAndGet(place(fingerprint), ticket, Math::max);
  }

  /** Whether what was read since a ticket may have been forgotten since then. */
  boolean hasSince(long fingerprint, long ticket) {
    return latest.get(place(fingerprint)) > ticket || floor > ticket;
  }

  private static int place(long fingerprint) {
    return (int) (fingerprint ^ (fingerprint >>> 32)) & (PLACES - 1);
  }

  /** The next tickets are larger than all of the runs before this one, and than all forgotten. */
  void startRun(long run) {
    last.accumulateAndGet(Math.max(run << RUN_SHIFT, floor), Math::max);
    tickets.values().forEach(each -> last.accumulateAndGet(each, Math::max));
  }

  /** What it was forgotten of is gone: nothing is. */
  synchronized void clear() {
    tickets.clear();
    floor = 0;
  }

  /** Whether something waits to be written under it. */
  boolean isWaiting(long fingerprint) {
    return waiting.containsKey(fingerprint);
  }

  /** Takes down that something is forgotten. */
  void add(long fingerprint, long ticket) {
    tickets.merge(fingerprint, ticket, Math::max);
  }

  /** Something newer waits to be written. */
  void waits(long fingerprint, long ticket) {
    waiting.merge(fingerprint, ticket, Math::max);
  }

  /** It is written, and found from now on; or will not be, and what it replaces is forgotten. */
  void waitsNoMore(long fingerprint, long ticket) {
    waiting.remove(fingerprint, ticket);
  }

  /** All with a smaller ticket is forgotten. */
  synchronized void addAll(long ticket) {
    floor = Math.max(floor, ticket);
    tickets.values().removeIf(each -> each <= floor);
  }

  /** Whether what was stored with a ticket is forgotten. */
  boolean has(long fingerprint, long ticket) {
    if (ticket < floor) {
      return true;
    }
    Long since = tickets.get(fingerprint);
    return since != null && ticket < since;
  }

  /** Whether something newer of its key waits to be written. */
  boolean isOlderThanWaiting(long fingerprint, long ticket) {
    Long newer = waiting.get(fingerprint);
    return newer != null && ticket < newer;
  }

  /**
   * Makes room when there are too many.
   *
   * @param oldestTicket the smallest that anything stored has
   * @return the ticket below which all is forgotten now; 0 if that is as before
   */
  synchronized long fold(long oldestTicket) {
    if (tickets.size() <= MOST) {
      return 0;
    }
    // While nothing is stored yet, what waits to be is still younger than the last ticket less
    // that.
    long late = Math.min(oldestTicket, last.get()) - LATE_TICKETS;
    tickets.values().removeIf(each -> each < late);
    if (tickets.size() <= MOST) {
      return 0;
    }
    long[] all = tickets.values().stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(all);
    addAll(all[all.length / 2]);
    return floor;
  }

  long floor() {
    return floor;
  }

  /** All of them, for the journal. */
  Map<Long, Long> all() {
    return tickets;
  }

  int size() {
    return tickets.size();
  }
}

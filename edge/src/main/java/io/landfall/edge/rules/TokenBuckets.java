package io.landfall.edge.rules;

import io.landfall.edge.TrafficSettings.RateLimit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The token buckets of one limit, by the hash of what tells clients apart; all event loops share
 * them, and none takes a lock. A bucket is kept as its debt: the time after which it is full again
 * (GCRA, ITU-T I.371). So a full bucket and one that was never used are the same.
 *
 * <p>The table is bounded, and a hash finds its bucket in one set of {@link #WAYS}. Where all of
 * these are others', the one with the least debt is taken over, with its debt. So a bucket that is
 * full is taken first, and nothing is lost with that; the bucket of a client that is over its limit
 * is taken last; and however many keys a flood has, it gets no more than {@link #ENTRIES} buckets
 * would. The hash is keyed with a secret, so no client can choose whose bucket is taken.
 *
 * <p>An entry is one number: when the bucket is full, in microseconds, and {@link #TAG_BITS} bits
 * of the hash. Two clients of one set with the same bits (one in a million) share a bucket.
 */
final class TokenBuckets {
  /** How many buckets there are. */
  static final int ENTRIES = (int) (RateLimit.BYTES / Long.BYTES);

  /** In how many places of the table a bucket may be. */
  static final int WAYS = 8;

  /** The longest that a bucket may take to fill, in microseconds: a day. */
  static final long MAX_BURST_MICROS = 86_400_000_000L;

  /**
   * By how much the time of one event loop may be behind that of another which has just taken a
   * token: a loop may have to wait for its processor between the look at its clock and the take.
   */
  private static final long MOST_BEHIND_MICROS = 1_000_000;

  private static final long UNUSED = 0;
  private static final int TAG_BITS = 20;
  private static final long TAG_MASK = (1L << TAG_BITS) - 1;
  private static final long TIME_MASK = (1L << (Long.SIZE - TAG_BITS)) - 1;

  /** Another loop may change the same entry at the same moment, which is rare even once. */
  private static final int MOST_TRIES = 64;

  private final AtomicLongArray entries = new AtomicLongArray(ENTRIES);
  private final long tokenMicros;
  private final long burstMicros;

  /**
   * Buckets that are all full.
   *
   * @param tokenMicros the time in which a bucket gets one token, 1 at least
   * @param burst how many tokens a bucket holds, 1 at least
   */
  TokenBuckets(long tokenMicros, long burst) {
    if (tokenMicros < 1 || burst < 1 || burst > MAX_BURST_MICROS / tokenMicros) {
      throw new IllegalArgumentException(burst + " tokens of " + tokenMicros + " us");
    }
    this.tokenMicros = tokenMicros;
    this.burstMicros = burst * tokenMicros;
  }

  /** How many tokens are left in a bucket of which {@link #take} gave this. */
  long tokens(long roomMicros) {
    return Math.max(0, roomMicros) / tokenMicros;
  }

  /** In how many microseconds a bucket is full of which {@link #take} gave this. */
  long fullInMicros(long roomMicros) {
    return burstMicros - Math.max(0, roomMicros);
  }

  /**
   * Takes one token, if there is one; else nothing changes.
   *
   * @param hash what tells the client from others
   * @param nowMicros the time now, which does not go back by more than a second
   * @return what the bucket holds now, in microseconds; below 0, there was no token, and in so many
   *     there is one
   */
  long take(long hash, long nowMicros) {
    int set = (int) (hash >>> TAG_BITS) & (ENTRIES / WAYS - 1);
    long tag = hash & TAG_MASK;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      int chosen = choose(set * WAYS, tag, nowMicros);
      long entry = entries.get(chosen);
      long debt = debt(entry, nowMicros) + tokenMicros;
      if (debt > burstMicros) {
        return burstMicros - debt;
      }
      long full = (nowMicros + debt) & TIME_MASK;
      if (entries.compareAndSet(chosen, entry, (full << TAG_BITS) | tag)) {
        return burstMicros - debt;
      }
    }
    return 0;
  }

  /** The place of the bucket with that tag, or of the one that it may take over. */
  private int choose(int from, long tag, long nowMicros) {
    int least = from;
    long leastDebt = Long.MAX_VALUE;
    for (int at = from; at < from + WAYS; at++) {
      long entry = entries.get(at);
      if ((entry & TAG_MASK) == tag) {
        return at;
      }
      long debt = debt(entry, nowMicros);
      if (debt < leastDebt) {
        leastDebt = debt;
        least = at;
      }
    }
    return least;
  }

  /**
   * In how many microseconds a bucket is full; what is longer than it can take lies behind, but for
   * what a loop that is ahead has put there.
   */
  private long debt(long entry, long nowMicros) {
    long until = ((entry >>> TAG_BITS) - nowMicros) & TIME_MASK;
    return entry == UNUSED || until > burstMicros + MOST_BEHIND_MICROS ? 0 : until;
  }
}

package io.landfall.signal;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Whether the cache of one service is warm: it answers for the origin, and need not ask other sites
 * for what it does not have.
 *
 * <p>A cache is cold when it is empty: at the start of the node, and when a purge left nothing. It
 * becomes warm when it has reached what its {@link WarmthSpec} asks for, and stays so whatever its
 * hit ratio does later: a cache that is full and misses much would not miss less if it asked
 * others, and a signal that follows the load of a minute would flap. So between two times that it
 * is emptied its signal changes once.
 *
 * <p>The hit ratio is that of the newest lookups, at least {@value #LEAST_LOOKUPS} of them: the
 * older ones count half each time the ratio was looked at, since the first lookups of an empty
 * cache all miss. What it has to be can hang on what it was on other days ({@link HitDays}): a
 * service of which few answers can be stored never reaches much.
 *
 * <p>The time limit runs from when the service could first be used, as its cache is not filled
 * before. Times are monotonic nanoseconds.
 */
final class Warmth {
  /** With fewer lookups no ratio is known. */
  static final long LEAST_LOOKUPS = 100;

  private static final int PERCENT = 100;

  private final WarmthSpec spec;
  private boolean cold;
  private CacheFill seen = CacheFill.EMPTY;

  /** What had been counted when it was last empty. */
  private CacheFill empty = CacheFill.EMPTY;

  private long hits;
  private long misses;
  private boolean ratioReached;
  private OptionalLong limitNanos = OptionalLong.empty();

  /** An empty cache. */
  Warmth(WarmthSpec spec) {
    this.spec = spec;
    this.cold = spec.isEverCold();
  }

  /** The service can be used, so that its cache is filled: the time limit runs from now on. */
  void used(long nowNanos) {
    if (cold && limitNanos.isEmpty()) {
      limitNanos = OptionalLong.of(nowNanos + spec.limitNanos());
    }
  }

  /** What is counted by now. */
  void counted(CacheFill now, long nowNanos) {
    CacheFill before = seen;
    seen = now;
    if (!spec.isEverCold()) {
      return;
    }
    if (now.emptied() != before.emptied()) {
      // What was counted since the last look may be of before that: it starts with the next.
      cold = true;
      empty = now;
      hits = 0;
      misses = 0;
      ratioReached = false;
      limitNanos = OptionalLong.of(nowNanos + spec.limitNanos());
      return;
    }
    if (cold) {
      count(now.hits() - before.hits(), now.misses() - before.misses());
      cold = !isReached();
    }
  }

  private void count(long newHits, long newMisses) {
    hits += newHits;
    misses += newMisses;
    if (hits + misses >= LEAST_LOOKUPS) {
      ratioReached = isAtLeast(wantedPercent());
      hits /= 2;
      misses /= 2;
    }
  }

  /** So many lookups of a hundred are to have an answer; 0 if that does not matter. */
  private int wantedPercent() {
    OptionalInt usual = spec.usualPercent() > 0 ? seen.usualPercent() : OptionalInt.empty();
    return usual.isPresent() ? usual.getAsInt() * spec.usualPercent() / PERCENT : spec.hitPercent();
  }

  private boolean isAtLeast(int percent) {
    return hits * PERCENT >= percent * (hits + misses);
  }

  private boolean isReached() {
    boolean ratio = spec.hitPercent() > 0 || spec.usualPercent() > 0;
    boolean none = wantedPercent() == 0 && (spec.objects() > 0 || spec.bytes() > 0);
    return (ratio || none)
        && (none || ratioReached)
        && seen.objects() - empty.objects() >= spec.objects()
        && seen.bytes() - empty.bytes() >= spec.bytes();
  }

  /** The time may be up. */
  void passed(long nowNanos) {
    if (cold && limitNanos.isPresent() && nowNanos - limitNanos.getAsLong() >= 0) {
      cold = false;
    }
  }

  /** Whether it is cold. */
  boolean isCold() {
    return cold;
  }

  /** When it becomes warm without having reached anything; empty if it is, or no time runs. */
  OptionalLong endNanos() {
    return cold ? limitNanos : OptionalLong.empty();
  }

  /** How far it is, for a person. */
  String why() {
    long lookups = hits + misses;
    String ratio =
        wantedPercent() == 0
            ? ""
            : lookups == 0
                ? ", no lookup yet, warm at " + wantedPercent() + " % hits"
                : ", " + hits * PERCENT / lookups + " of " + wantedPercent() + " % hits";
    return "its cache is cold: "
        + (seen.objects() - empty.objects())
        + (spec.objects() > 0 ? " of " + spec.objects() : "")
        + " responses stored"
        + ratio
        + (spec.bytes() > 0
            ? ", " + (seen.bytes() - empty.bytes()) + " of " + spec.bytes() + " bytes"
            : "");
  }
}

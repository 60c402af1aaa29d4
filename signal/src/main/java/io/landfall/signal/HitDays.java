package io.landfall.signal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * How often the cache of one service had the answer, on each of the last days on which it was warm.
 * Days are counted since 1970, in UTC.
 */
public final class HitDays {
  /** So many days are kept, the latest. */
  public static final int MOST_DAYS = 7;

  /** With fewer lookups on all days no ratio is known. */
  static final long LEAST_LOOKUPS = 1_000;

  private static final int PERCENT = 100;

  /** The most that is counted of one day, so that no sum is too large. */
  private static final long MOST_LOOKUPS = 1L << 50;

  /** Hits and misses of a day. */
  private record Day(long hits, long misses) {}

  private final TreeMap<Long, Day> days = new TreeMap<>();

  /** None is known. */
  public HitDays() {}

  /**
   * So many lookups had an answer, and so many had none.
   *
   * @param day today; of days that are later, which a clock that was wrong has left, as many are
   *     dropped as it takes to keep this one
   */
  public void add(long day, long hits, long misses) {
    put(day, hits, misses);
    while (days.size() > MOST_DAYS && days.lastKey() > day) {
      days.pollLastEntry();
    }
    keepMost();
  }

  private void put(long day, long hits, long misses) {
    Day before = days.getOrDefault(day, new Day(0, 0));
    days.put(
        day,
        new Day(
            Math.clamp(before.hits() + hits, 0, MOST_LOOKUPS),
            Math.clamp(before.misses() + misses, 0, MOST_LOOKUPS)));
  }

  private void keepMost() {
    while (days.size() > MOST_DAYS) {
      days.pollFirstEntry();
    }
  }

  /** Of a hundred lookups on these days so many had an answer; empty if there were too few. */
  public OptionalInt percent() {
    long hits = days.values().stream().mapToLong(Day::hits).sum();
    long all = hits + days.values().stream().mapToLong(Day::misses).sum();
    return all < LEAST_LOOKUPS ? OptionalInt.empty() : OptionalInt.of((int) (hits * PERCENT / all));
  }

  /** A line for each day: the day, hits, misses. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    days.forEach((day, of) -> lines.add(day + " " + of.hits() + " " + of.misses()));
    return lines;
  }

  /**
   * Adds what a line of {@link #lines} has.
   *
   * @throws IllegalArgumentException when it is none
   */
  public void add(String line) {
    String[] words = line.split(" ", -1);
    if (words.length != 3) {
      throw new IllegalArgumentException("'" + line + "' is not a day, hits and misses");
    }
    long hits = Long.parseLong(words[1]);
    long misses = Long.parseLong(words[2]);
    if (hits < 0 || misses < 0 || hits > MOST_LOOKUPS || misses > MOST_LOOKUPS) {
      throw new IllegalArgumentException("'" + line + "' has no numbers of lookups");
    }
    put(Long.parseLong(words[0]), hits, misses);
    keepMost();
  }
}

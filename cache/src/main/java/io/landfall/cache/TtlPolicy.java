package io.landfall.cache;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long responses are fresh where the origin leaves it open, and the bounds of what it says.
 *
 * @param defaultSeconds for responses of statuses that may be cached without being asked for (RFC
 *     9110 section 15.1) and that give no time; it replaces the heuristic. {@link
 *     ResponseDirectives#ABSENT}: the heuristic decides
 * @param minSeconds no response that may be used without validation is fresh for less
 * @param maxSeconds no response is fresh for longer
 * @param statusSeconds times by status, for responses that give none: negative caching
 * @param heuristicPercent how much of the time since its last modification a response is taken to
 *     be fresh (RFC 9111 section 4.2.2)
 * @param heuristicMostSeconds the longest time that the heuristic gives
 * @param hitForMissSeconds for how long it is remembered that a key's response cannot be stored, so
 *     that no request waits for another one's
 */
public record TtlPolicy(
    long defaultSeconds,
    long minSeconds,
    long maxSeconds,
    SortedMap<Integer, Long> statusSeconds,
    int heuristicPercent,
    long heuristicMostSeconds,
    long hitForMissSeconds) {
  /** What RFC 9111 suggests: a tenth, of a week at most. */
  public static final TtlPolicy DEFAULT =
      new TtlPolicy(
          ResponseDirectives.ABSENT,
          0,
          AsciiText.MOST_SECONDS,
          Collections.emptySortedMap(),
          10,
          7 * 86_400L,
          10);

  /** Copies its map. */
  public TtlPolicy {
    statusSeconds = Collections.unmodifiableSortedMap(new TreeMap<>(statusSeconds));
  }

  /** The time of a status, or {@link ResponseDirectives#ABSENT}. */
  long ofStatus(int status) {
    return statusSeconds.isEmpty()
        ? ResponseDirectives.ABSENT
        : statusSeconds.getOrDefault(status, ResponseDirectives.ABSENT);
  }

  long bounded(long lifetimeMillis) {
    return Math.min(maxSeconds * 1000, Math.max(minSeconds * 1000, lifetimeMillis));
  }
}

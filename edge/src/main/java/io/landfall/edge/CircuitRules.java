package io.landfall.edge;

import java.util.List;

/**
 * When an address of a backend gets no requests for a while because of what came of those that it
 * had (outlier detection).
 *
 * @param failures so many failures in a row take it out
 * @param openNanos for how long the first time; twice as long each further time in a row, {@link
 *     #MOST_TIMES} times as long at most
 * @param maxOpenPercent never more of the addresses that take requests are out
 * @param statuses statuses of responses that count as failures
 */
public record CircuitRules(
    int failures, long openNanos, int maxOpenPercent, List<Integer> statuses) {
  /** How many times the first duration it may become. */
  public static final int MOST_TIMES = 10;

  /** Copies the list. */
  public CircuitRules {
    statuses = List.copyOf(statuses);
  }

  /** For how long an address is out that was so many times in a row. */
  public long openNanos(int times) {
    return openNanos * Math.min(MOST_TIMES, 1L << Math.min(times - 1, 10));
  }
}

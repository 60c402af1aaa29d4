package io.landfall.edge;

import io.landfall.core.ServiceName;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many attempts may be repeats of attempts that failed.
 *
 * @param percents of the attempts in progress of a service on one event loop; a service that is not
 *     in it has no bound
 */
public record RetryBudgets(SortedMap<ServiceName, Integer> percents) {
  /** No bounds. */
  public static final RetryBudgets NONE = new RetryBudgets(Collections.emptySortedMap());

  /** So many more there may be on each event loop, however few attempts are in progress. */
  public static final int LEAST = 10;

  /** Copies the map. */
  public RetryBudgets {
    percents = Collections.unmodifiableSortedMap(new TreeMap<>(percents));
  }

  /** The bounds of some services, in percent. */
  public static RetryBudgets of(Map<ServiceName, Integer> percents) {
    return new RetryBudgets(new TreeMap<>(percents));
  }
}

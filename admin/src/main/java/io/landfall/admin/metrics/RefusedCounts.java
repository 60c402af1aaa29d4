package io.landfall.admin.metrics;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was turned away before anything was decided on it.
 *
 * @param requests requests that the gate refused, by rule
 * @param withoutPlace connections that were closed when they came, since there were as many as
 *     there may be
 * @param madeRoom connections without a request that were closed for newer ones
 */
public record RefusedCounts(SortedMap<String, Long> requests, long withoutPlace, long madeRoom) {
  /** Nothing. */
  static final RefusedCounts NONE = new RefusedCounts(Collections.emptySortedMap(), 0, 0);

  /** Copies the map. */
  public RefusedCounts {
    requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
  }
}

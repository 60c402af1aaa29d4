package io.landfall.cache.fleet;

import java.util.List;

/**
 * Successive entries of a log.
 *
 * @param id whose log
 * @param first the sequence number of the first of them
 * @param fromFloor whether the sender has no entry before these
 * @param purges the entries, in order
 */
public record Segment(LogId id, long first, boolean fromFloor, List<FleetPurge> purges) {
  /** Copies the list. */
  public Segment {
    purges = List.copyOf(purges);
  }

  /** The sequence number of the last one. */
  long last() {
    return first + purges.size() - 1;
  }
}

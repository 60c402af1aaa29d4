package io.landfall.cache.fleet;

import io.landfall.core.NodeName;
import java.util.Comparator;

/**
 * Whose log: purges that a node was given between one start and the next. Its sequence numbers
 * begin with 1.
 *
 * @param origin the node that was given the purges
 * @param incarnation which run of that node it is; a later run has a greater one
 */
public record LogId(NodeName origin, long incarnation) implements Comparable<LogId> {
  /** The greatest incarnation that a message may have. */
  public static final long MAX_INCARNATION = 1L << 62;

  private static final Comparator<LogId> ORDER =
      Comparator.comparing(LogId::origin).thenComparingLong(LogId::incarnation);

  @Override
  public int compareTo(LogId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return origin + "/" + incarnation;
  }
}

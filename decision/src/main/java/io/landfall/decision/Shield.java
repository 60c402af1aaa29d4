package io.landfall.decision;

import io.landfall.core.NodeName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which sites ask the origin of a service for what caches miss.
 *
 * @param sites the names of their nodes; empty: every site asks by itself
 * @param fallback what other sites do with a miss while none of these can be asked
 */
public record Shield(SortedSet<NodeName> sites, Fallback fallback) {
  /** Every site asks by itself. */
  public static final Shield NONE = new Shield(new TreeSet<>(), Fallback.ORIGIN);

  /** Copies the set. */
  public Shield {
    sites = Collections.unmodifiableSortedSet(new TreeSet<>(sites));
  }

  /** What becomes of a miss while no shield can be asked. */
  public enum Fallback {
    /** It goes where it would go if there were no shield. */
    ORIGIN,
    /** It is declined. */
    DECLINE
  }

  /** Whether misses at a node are for others to fetch. */
  boolean isBefore(NodeName node) {
    return !sites.isEmpty() && !sites.contains(node);
  }
}

package io.landfall.decision;

import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order in which candidates are asked: what they report first (UP, then COLD, then DRAINING),
 * then tier, then cost, then identity, so that the same view gives the same order on every node and
 * in every run. Where no cache can answer, to be COLD makes no difference.
 */
public final class Candidates {
  /** The order itself; no two candidates of one service compare equal. */
  public static final Comparator<Candidate> ORDER =
      Comparator.<Candidate>comparingInt(c -> rank(c.signal()))
          .thenComparingLong(Candidate::tier)
          .thenComparingLong(Candidate::cost)
          .thenComparing(Candidate::identity);

  /** The order for requests for which a warm cache is no better than a cold one. */
  static final Comparator<Candidate> WITHOUT_CACHE =
      Comparator.<Candidate>comparingInt(c -> c.signal() == Signal.DRAINING ? 1 : 0)
          .thenComparingLong(Candidate::tier)
          .thenComparingLong(Candidate::cost)
          .thenComparing(Candidate::identity);

  private Candidates() {}

  /** A new unmodifiable list of the same candidates, in the order in which they are asked. */
  public static List<Candidate> order(List<Candidate> candidates) {
    List<Candidate> ordered = new ArrayList<>(candidates);
    ordered.sort(ORDER);
    return List.copyOf(ordered);
  }

  private static int rank(Signal signal) {
    return switch (signal) {
      case UP -> 0;
      case COLD -> 1;
      case DRAINING -> 2;
      case DOWN -> 3;
    };
  }
}

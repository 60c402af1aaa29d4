package io.landfall.bfd;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many datagrams each rule discarded; as many counters as there are rules. */
public final class DiscardCounts {
  private final Map<DiscardRule, Long> counts = new EnumMap<>(DiscardRule.class);

  /** Counters at zero. */
  public DiscardCounts() {}

  /** Counts one. */
  public void add(DiscardRule rule) {
    counts.merge(rule, 1L, Long::sum);
  }

  /** What was counted, without zeros, in the order of the rules. */
  public List<BfdView.Discards> view() {
    List<BfdView.Discards> rows = new ArrayList<>();
    counts.forEach((rule, count) -> rows.add(new BfdView.Discards(rule, count)));
    return rows;
  }
}

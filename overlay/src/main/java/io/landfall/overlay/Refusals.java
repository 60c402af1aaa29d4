package io.landfall.overlay;

import io.landfall.overlay.RefusedView.Entry;
import io.landfall.overlay.RefusedView.RuleCount;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one peer sent and did not get in: a counter for each rule, and the last few by name. A peer
 * that leaks a full table costs a counter each and no more memory.
 */
final class Refusals {
  /** Rules are fixed phrases; should there ever be more of them, the rest share a counter. */
  private static final int MAX_RULES = 64;

  private static final String OTHER_RULES = "other";

  private static final class Recent {
    final Object what;
    final String rule;
    long lastNanos;
    long count;

    Recent(Object what, String rule) {
      this.what = what;
      this.rule = rule;
    }
  }

  private final int maxRecent;
  private final SortedMap<String, long[]> byRule = new TreeMap<>();
  private final Deque<Recent> recent = new ArrayDeque<>();
  private long total;

  Refusals(int maxRecent) {
    this.maxRecent = maxRecent;
  }

  long total() {
    return total;
  }

  /**
   * Counts one refusal.
   *
   * @param what a prefix or a text; turned into text only when shown
   * @return how often the rule has refused by now
   */
  long add(Object what, String rule, long nowNanos) {
    total++;
    remember(what, rule, nowNanos);
    long[] counter = byRule.get(rule);
    if (counter == null) {
      String name = byRule.size() < MAX_RULES ? rule : OTHER_RULES;
      counter = byRule.computeIfAbsent(name, r -> new long[1]);
    }
    return ++counter[0];
  }

  private void remember(Object what, String rule, long nowNanos) {
    Recent last = recent.peekLast();
    if (last == null || !last.rule.equals(rule) || !last.what.equals(what)) {
      if (recent.size() >= maxRecent) {
        recent.pollFirst();
      }
      last = new Recent(what, rule);
      recent.addLast(last);
    }
    last.count++;
    last.lastNanos = nowNanos;
  }

  List<RuleCount> rules() {
    List<RuleCount> rules = new ArrayList<>(byRule.size());
    byRule.forEach((rule, counter) -> rules.add(new RuleCount(rule, counter[0])));
    return rules;
  }

  List<Entry> recent() {
    List<Entry> entries = new ArrayList<>(recent.size());
    for (Recent one : recent) {
      entries.add(new Entry(one.what.toString(), one.rule, one.lastNanos, one.count));
    }
    return entries;
  }
}

package io.landfall.overlay;

import io.landfall.core.RefusalRule;
import io.landfall.overlay.RefusedView.Entry;
import io.landfall.overlay.RefusedView.RuleCount;
import io.landfall.overlay.RefusedView.SubjectCount;
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

  private static final String OTHER_RULES = RefusalRule.Uncounted.OTHER.label();

  /** There are 256 attributes and more families; beyond these they share a counter per rule. */
  private static final int MAX_SUBJECTS = 128;

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
  private final SortedMap<String, SortedMap<String, long[]>> bySubject = new TreeMap<>();
  private int subjects;
  private final Deque<Recent> recent = new ArrayDeque<>();
  private final RefusedRoutes routes;
  private long total;

  Refusals(int maxRecent) {
    this.maxRecent = maxRecent;
    this.routes = new RefusedRoutes(maxRecent);
  }

  /** The refused routes of the present session. */
  RefusedRoutes routes() {
    return routes;
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

  /** Counts what a rule is about, besides the rule itself. */
  void countSubject(String rule, String subject) {
    SortedMap<String, long[]> ofRule = bySubject.get(rule);
    long[] counter = ofRule == null ? null : ofRule.get(subject);
    if (counter == null) {
      boolean fits = subjects < MAX_SUBJECTS && bySubject.size() < MAX_RULES;
      subjects += fits ? 1 : 0;
      counter =
          bySubject
              .computeIfAbsent(fits || ofRule != null ? rule : OTHER_RULES, r -> new TreeMap<>())
              .computeIfAbsent(fits ? subject : OTHER_RULES, s -> new long[1]);
    }
    counter[0]++;
  }

  List<SubjectCount> subjects() {
    List<SubjectCount> list = new ArrayList<>();
    bySubject.forEach(
        (rule, counters) ->
            counters.forEach(
                (subject, counter) -> list.add(new SubjectCount(rule, subject, counter[0]))));
    return list;
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

package io.landfall.overlay.servicehost;

import io.landfall.overlay.RefusedView.SubjectCount;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one service host advertised that was refused: a counter and the last one for each rule. A
 * host that leaks a table costs a counter and no more memory.
 */
final class HostRefusals {
  /** Rules are fixed phrases; should there ever be more of them, the rest share a counter. */
  private static final int MAX_RULES = 64;

  /** A host chooses the families that it names; beyond these they share a counter per rule. */
  private static final int MAX_SUBJECTS = 64;

  private static final String OTHERS = "other";

  private static final class OfRule {
    long count;
    Object last = "";
    long lastCount;
    long lastNanos;
    final SortedMap<String, Long> subjects = new TreeMap<>();
  }

  private final SortedMap<String, OfRule> byRule = new TreeMap<>();
  private long total;

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
    OfRule ofRule = ofRule(rule);
    ofRule.lastCount = what.equals(ofRule.last) ? ofRule.lastCount + 1 : 1;
    ofRule.last = what;
    ofRule.lastNanos = nowNanos;
    return ++ofRule.count;
  }

  /** Counts what a refusal that was added is about; empty when it is a prefix. */
  void countSubject(String rule, String subject) {
    if (!subject.isEmpty()) {
      SortedMap<String, Long> subjects = ofRule(rule).subjects;
      boolean fits = subjects.containsKey(subject) || subjects.size() < MAX_SUBJECTS;
      subjects.merge(fits ? subject : OTHERS, 1L, Long::sum);
    }
  }

  private OfRule ofRule(String rule) {
    String name = byRule.containsKey(rule) || byRule.size() < MAX_RULES ? rule : OTHERS;
    return byRule.computeIfAbsent(name, r -> new OfRule());
  }

  List<ServiceHostView.Refused> view() {
    List<ServiceHostView.Refused> view = new ArrayList<>(byRule.size());
    byRule.forEach(
        (rule, of) ->
            view.add(
                new ServiceHostView.Refused(
                    rule,
                    of.count,
                    of.last.toString(),
                    of.lastCount,
                    of.lastNanos,
                    subjects(rule, of))));
    return view;
  }

  private static List<SubjectCount> subjects(String rule, OfRule of) {
    List<SubjectCount> list = new ArrayList<>(of.subjects.size());
    of.subjects.forEach((subject, count) -> list.add(new SubjectCount(rule, subject, count)));
    return list;
  }
}

package io.landfall.overlay.speaker;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one service host said and was not heard with: a counter and the last one for each rule. A
 * host that leaks a table costs a counter and no more memory.
 */
final class HostRefusals {
  /** Rules are fixed phrases; should there ever be more of them, the rest share a counter. */
  private static final int MAX_RULES = 64;

  private static final String OTHER_RULES = "other";

  private static final class OfRule {
    long count;
    Object last = "";
    long lastNanos;
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
    String name = byRule.containsKey(rule) || byRule.size() < MAX_RULES ? rule : OTHER_RULES;
    OfRule ofRule = byRule.computeIfAbsent(name, r -> new OfRule());
    ofRule.last = what;
    ofRule.lastNanos = nowNanos;
    return ++ofRule.count;
  }

  List<SpeakerView.Refused> view() {
    List<SpeakerView.Refused> view = new ArrayList<>(byRule.size());
    byRule.forEach(
        (rule, of) ->
            view.add(new SpeakerView.Refused(rule, of.count, of.last.toString(), of.lastNanos)));
    return view;
  }
}

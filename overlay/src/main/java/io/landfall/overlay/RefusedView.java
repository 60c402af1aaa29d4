package io.landfall.overlay;

import java.util.List;

/**
 * What one peer sent and did not get in, for {@code show refused}.
 *
 * @param peer who sent it
 * @param rules how often each rule refused, by rule name
 * @param recent the last refusals, newest last
 */
public record RefusedView(PeerInfo peer, List<RuleCount> rules, List<Entry> recent) {
  /** Copies the lists. */
  public RefusedView {
    rules = List.copyOf(rules);
    recent = List.copyOf(recent);
  }

  /** How often a rule refused. */
  public record RuleCount(String rule, long count) {}

  /**
   * One refused route or attribute.
   *
   * @param what the prefix or attribute, for people
   * @param rule the rule that it breaks
   * @param lastNanos when it last happened, monotonic
   * @param count how often it happened in a row
   */
  public record Entry(String what, String rule, long lastNanos, long count) {}
}

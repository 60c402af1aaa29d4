package io.landfall.overlay;

import java.util.List;

/**
 * What one peer sent and did not get in, for {@code show refused}.
 *
 * @param peer who sent it
 * @param rules how often each rule refused, by rule name
 * @param subjects the same by attribute or family, for rules that are about one
 * @param recent the last refusals, newest last
 * @param routes the refused routes of the present session, oldest first
 */
public record RefusedView(
    PeerInfo peer,
    List<RuleCount> rules,
    List<SubjectCount> subjects,
    List<Entry> recent,
    List<RefusedRoute> routes) {
  /** Copies the lists. */
  public RefusedView {
    rules = List.copyOf(rules);
    subjects = List.copyOf(subjects);
    recent = List.copyOf(recent);
    routes = List.copyOf(routes);
  }

  /** How often a rule refused. */
  public record RuleCount(String rule, long count) {}

  /**
   * How often a rule met one attribute or family.
   *
   * @param rule the rule
   * @param subject such as {@code AIGP (26)} or {@code AFI 1 SAFI 128}
   * @param count how often
   */
  public record SubjectCount(String rule, String subject, long count) {}

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

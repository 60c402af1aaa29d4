package io.landfall.admin;

import java.time.Instant;
import java.util.List;

/**
 * What one rule refused from one peer, as {@code show refused} has it.
 *
 * @param peer the peer's name, or the endpoint of one that proved none
 * @param rule the rule's code
 * @param count how often since the start
 * @param last when last; the epoch when that is not known any more
 * @param what what was refused last
 * @param subjects the same count by attribute or family, for rules that are about one
 */
public record RefusedView(
    String peer, String rule, long count, Instant last, String what, List<Subject> subjects) {
  /** Copies the list. */
  public RefusedView {
    subjects = List.copyOf(subjects);
  }

  /** A rule that is about neither an attribute nor a family. */
  public RefusedView(String peer, String rule, long count, Instant last, String what) {
    this(peer, rule, count, last, what, List.of());
  }

  /**
   * An attribute or family.
   *
   * @param subject such as {@code AIGP (26)} or {@code AFI 1 SAFI 128}
   * @param count how often the rule met it
   */
  public record Subject(String subject, long count) {}
}

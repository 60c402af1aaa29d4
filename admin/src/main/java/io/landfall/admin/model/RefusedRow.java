package io.landfall.admin.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one rule refused from one peer, as {@code show refused} has it.
 *
 * @param peer the peer's name, or the endpoint of one that proved none
 * @param rule the rule's code
 * @param count how often since the start
 * @param last when last; empty when that is not known any more
 * @param what what was refused last
 * @param reason the rule's number, which never changes (docs/refusals.md)
 * @param subjects the same count by attribute or family, for rules that are about one
 */
public record RefusedRow(
    String peer,
    String rule,
    long count,
    Optional<Instant> last,
    String what,
    long reason,
    List<Subject> subjects) {
  /** Copies the list. */
  public RefusedRow {
    subjects = List.copyOf(subjects);
  }

  /**
   * An attribute or family.
   *
   * @param subject such as {@code AIGP (26)} or {@code AFI 1 SAFI 128}
   * @param count how often the rule met it
   */
  public record Subject(String subject, long count) {}
}

package io.landfall.admin.model;

import java.time.Instant;
import java.util.List;

/**
 * Everything refused of one peer, as {@code show refused PEER} has it.
 *
 * @param peer its name
 * @param identity the identity of a node, the address of a service host
 * @param total how much since the node started
 * @param rules by rule
 * @param subjects by attribute or family
 * @param routes the routes that are refused now
 * @param recent the last examples
 */
public record RefusedReport(
    String peer,
    String identity,
    long total,
    List<Rule> rules,
    List<Subject> subjects,
    List<Route> routes,
    List<Example> recent) {
  /** Copies the lists. */
  public RefusedReport {
    rules = List.copyOf(rules);
    subjects = List.copyOf(subjects);
    routes = List.copyOf(routes);
    recent = List.copyOf(recent);
  }

  /**
   * One rule.
   *
   * @param reason its number
   * @param rule its word
   * @param count how often it refused
   * @param meaning what it means
   */
  public record Rule(long reason, String rule, long count, String meaning) {}

  /**
   * One attribute or family.
   *
   * @param rule the rule that is about it
   * @param subject such as {@code AIGP (26)}
   * @param count how often
   */
  public record Subject(String rule, String subject, long count) {}

  /**
   * A route that is refused now.
   *
   * @param prefix as the peer sent it
   * @param pathId its identifier (RFC 7911); 0 without one
   * @param reason the rule's number
   * @param rule the rule's word
   * @param ageSeconds since when
   */
  public record Route(String prefix, long pathId, long reason, String rule, double ageSeconds) {}

  /**
   * An example.
   *
   * @param what what was refused
   * @param reason the rule's number
   * @param rule the rule's word
   * @param count how often in a row
   * @param last when last
   */
  public record Example(String what, long reason, String rule, long count, Instant last) {}
}

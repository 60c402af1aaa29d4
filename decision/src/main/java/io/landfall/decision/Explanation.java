package io.landfall.decision;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import java.util.List;
import java.util.Optional;

/**
 * A decision with everything that was considered, for people.
 *
 * @param service the service asked for, empty when no service answers for the host and path
 * @param outcome serve, forward or decline
 * @param reason why
 * @param candidates all other nodes that advertise the service, in the order in which they are
 *     asked
 */
public record Explanation(
    Optional<ServiceName> service,
    Reason.Outcome outcome,
    Reason reason,
    List<Considered> candidates) {
  /** Copies the list. */
  public Explanation {
    candidates = List.copyOf(candidates);
  }

  /**
   * One candidate.
   *
   * @param node its name
   * @param usable whether a request could be handed to it now
   * @param why one sentence on why it is usable or not
   */
  public record Considered(NodeName node, boolean usable, String why) {}
}

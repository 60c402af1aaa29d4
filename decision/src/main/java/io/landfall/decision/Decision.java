package io.landfall.decision;

import java.util.List;
import java.util.Optional;

/** What happens to a request: exactly one of three outcomes, always with a reason code. */
public sealed interface Decision {
  /** Why. */
  Reason reason();

  /**
   * Answer here.
   *
   * @param service the service that answers
   * @param reason why
   * @param alternates where to go, in order, if the local backends turn out not to answer; empty
   *     for a request that another node forwarded
   */
  record Serve(ServiceView service, Reason reason, List<Candidate> alternates)
      implements Decision {}

  /**
   * Hand the request to another node, one hop.
   *
   * @param service the service asked for
   * @param first the node to ask
   * @param alternates the nodes to ask next, in order, while nothing was sent that cannot be
   *     repeated
   * @param reason why
   */
  record Forward(ServiceView service, Candidate first, List<Candidate> alternates, Reason reason)
      implements Decision {}

  /**
   * Refuse.
   *
   * @param service the service asked for, empty when the host is unknown
   * @param reason why
   */
  record Decline(Optional<ServiceView> service, Reason reason) implements Decision {}
}

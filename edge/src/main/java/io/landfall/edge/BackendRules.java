package io.landfall.edge;

import java.util.List;
import java.util.Optional;

/**
 * What beside weights decides which backend of a service gets a request.
 *
 * @param sticky the cookie by which clients come back to a backend; empty without
 * @param slowStartNanos over how long an address that came up gets its whole weight; 0 at once
 * @param circuit when an address is left out for what came of its requests; empty for never
 * @param conditions what backends that are kept for some requests ask of those
 */
public record BackendRules(
    Optional<StickyCookie> sticky,
    long slowStartNanos,
    Optional<CircuitRules> circuit,
    List<RequestMatch> conditions) {
  /** Weights alone. */
  public static final BackendRules NONE =
      new BackendRules(Optional.empty(), 0, Optional.empty(), List.of());

  /** Copies the list. */
  public BackendRules {
    conditions = List.copyOf(conditions);
  }
}

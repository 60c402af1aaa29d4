package io.landfall.admin;

import java.util.Optional;

/**
 * What the admin API asks of the overlay beyond the short views. As with {@link AdminBackend}, each
 * method is called on a virtual thread and may wait.
 */
public interface RoutingBackend {
  /** Routes as {@code show routes} lists them, with more of each when asked for. */
  Looked routes(RouteQuery query);

  /** Everything known of one peer, named by its name or its identity. */
  Looked peer(String peer);

  /** Everything refused of one peer, named likewise. */
  Looked refused(String peer);

  /** What a looking glass is served from. */
  LookingGlass lookingGlass();

  /**
   * What a filter names that is not known here, and the names that are; empty when all is known.
   */
  Optional<String> unknownIn(MonitorFilter filter);

  /**
   * Begins to watch the node's changes.
   *
   * @param filter which of them
   * @return empty when there are as many watchers as there may be
   */
  Optional<MonitorWatch> watch(MonitorFilter filter);
}

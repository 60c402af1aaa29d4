package io.landfall.admin;

import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RouteRow;
import java.util.List;
import java.util.Optional;

/**
 * What the admin API asks of the overlay beyond the short views. As with {@link AdminBackend}, each
 * method is called on a virtual thread and may wait.
 */
public interface RoutingBackend {
  /** The overlay table by address, or what of it is asked for; local routes included. */
  QueryResult<List<RouteRow>> routes(RouteQuery query);

  /** Everything known of one peer, named by its name or its identity. */
  QueryResult<PeerReport> peer(String peer);

  /** Everything refused of one peer, named likewise. */
  QueryResult<RefusedReport> refused(String peer);

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

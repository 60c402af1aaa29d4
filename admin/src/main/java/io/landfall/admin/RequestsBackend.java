package io.landfall.admin;

import io.landfall.admin.model.RequestReport;
import java.util.Optional;

/** What the admin API asks of the requests that the node answers. */
public interface RequestsBackend {
  /** Why there can be no request for this service; empty when there can. */
  Optional<String> unknown(String service);

  /**
   * Begins to watch requests as they end.
   *
   * @param filter which of them
   * @return empty when there are as many watchers as there may be
   * @throws Unavailable when no requests are answered here
   */
  Optional<MonitorWatch> watch(RequestFilter filter);

  /**
   * What became of a finished request; asks the nodes to which it was forwarded.
   *
   * @param id its X-Request-ID
   * @throws Unavailable when no requests are answered here
   */
  QueryResult<RequestReport> explain(String id);
}

package io.landfall.admin;

import io.landfall.admin.model.CacheReport;
import io.landfall.admin.model.CacheUrlReport;
import io.landfall.admin.model.PurgeReport;

/**
 * What the admin API asks of the node's cache. As with {@link AdminBackend}, each method is called
 * on a virtual thread and may wait.
 */
public interface CacheBackend {
  /**
   * What is known of each cached service.
   *
   * @throws Unavailable when the edge does not run
   */
  CacheReport report();

  /**
   * What is stored of one URL.
   *
   * @param url with its scheme
   * @throws Unavailable when the edge does not run
   */
  QueryResult<CacheUrlReport> stored(String url);

  /**
   * Purges what is stored at this node and at all others of the fleet.
   *
   * @param scope what is purged
   * @param soft whether responses become stale instead of gone
   * @param waitMillis how long to wait for the answers of other nodes
   * @return when no request is answered here any more with what was purged, and all nodes that are
   *     reached have answered, or the time is over
   * @throws Unavailable when the edge does not run, or did not apply it in time
   */
  QueryResult<PurgeReport> purge(PurgeScope scope, boolean soft, long waitMillis);
}

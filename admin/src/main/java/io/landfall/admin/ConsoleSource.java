package io.landfall.admin;

import io.landfall.admin.model.ExplainView;
import io.landfall.admin.model.FleetView;

/** What a console is served from: a node, or several that are asked over their sockets. */
public interface ConsoleSource {
  /**
   * All that is shown. Asked at most once in {@link ConsoleApi#FRESH_MILLIS}, however many consoles
   * are open, on a virtual thread; may wait.
   */
  FleetView view();

  /**
   * What would happen to a request, without what the cache has: that shows what clients asked for.
   *
   * @param node the node that it lands at; empty text for the first one
   * @param url with or without a scheme
   */
  QueryResult<ExplainView> explain(String node, String url);
}

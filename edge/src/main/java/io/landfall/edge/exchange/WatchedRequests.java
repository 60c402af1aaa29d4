package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.edge.access.LineBytes;
import io.landfall.edge.access.RequestWatches;
import io.landfall.edge.access.WatchFilter;
import io.landfall.edge.http.RequestHead;
import org.jspecify.annotations.Nullable;

/** The requests of one event loop for those who watch them as they end. */
final class WatchedRequests {
  private final RequestWatches watches;
  private final RequestJson json;

  /** Where a line is written; made for the first one. */
  private @Nullable LineBytes line;

  WatchedRequests(RequestWatches watches, NodeName node) {
    this.json = new RequestJson(node);
    this.watches = watches;
  }

  /** A request is over; one that had begun before anybody watched is not shown. */
  void add(RequestLog log, long wallMillis, long micros) {
    if (!watches.isWatched() || !log.isDetailed()) {
      return;
    }
    RequestHead request = log.request();
    RequestTrace trace = log.arrived().trace();
    watches.over(
        new WatchFilter.Seen(
            log.service, log.status, request.host(), micros, trace == null ? null : trace.id()),
        () -> line(log, wallMillis, micros));
  }

  private String line(RequestLog log, long wallMillis, long micros) {
    LineBytes to = line == null ? new LineBytes() : line;
    line = to;
    json.write(to, log, wallMillis, micros);
    return to.takeText();
  }
}

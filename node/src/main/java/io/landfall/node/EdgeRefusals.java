package io.landfall.node;

import io.landfall.admin.metrics.RefusedCounts;
import io.landfall.edge.EdgeStats;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the edge has turned away, as a scrape shows it. */
final class EdgeRefusals {
  private EdgeRefusals() {}

  static RefusedCounts of(EdgeStats.Refused refused) {
    return new RefusedCounts(refused.requests(), refused.withoutPlace(), refused.madeRoom());
  }

  static SortedMap<String, Long> ofProxyHeaders(EdgeStats.Clients clients) {
    TreeMap<String, Long> byReason = new TreeMap<>();
    clients.proxyFaults().forEach((fault, count) -> byReason.put(fault.name(), count));
    return byReason;
  }
}

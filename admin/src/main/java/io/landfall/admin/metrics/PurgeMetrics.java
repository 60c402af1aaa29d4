package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metrics of purges of the fleet; a node that caches no service has none of them. */
final class PurgeMetrics {
  static final Map<String, String> GAUGES = new LinkedHashMap<>();
  static final Map<String, String> COUNTERS = new LinkedHashMap<>();

  static {
    GAUGES.put("last_sequence", "The number of the last purge that this node was given.");
    GAUGES.put("log_entries", "Purges that are kept for nodes that missed them.");
    GAUGES.put("log_bytes", "What these purges count in the bound of the log.");
    GAUGES.put("cache_held", "1 while nothing is served from the cache to catch up, else 0.");
    GAUGES.put("peer_reached", "1 while there is a channel to a node, else 0.");
    GAUGES.put("peer_caught_up", "1 if this node has all purges that a node has, else 0.");
    GAUGES.put("peer_sequence", "The last purge of this node that a node has applied.");
    GAUGES.put(
        "peer_lag_seconds",
        "The age of the oldest purge that a node has not confirmed, 0 if none.");
    COUNTERS.put("applied_of_others", "Purges of other nodes that were applied.");
    COUNTERS.put("missed", "How often all was dropped since purges were missed for good.");
    COUNTERS.put("busy", "Messages of other nodes that were not taken: there were too many.");
  }

  private PurgeMetrics() {}

  static void addTo(MetricSnapshots.Builder all, List<MetricsSource.PurgeCount> counts) {
    GAUGES.forEach(
        (what, help) -> {
          GaugeSnapshot.Builder gauge =
              GaugeSnapshot.builder().name("landfall_purge_" + what).help(help);
          boolean any = false;
          for (MetricsSource.PurgeCount count : counts) {
            if (count.what().equals(what)) {
              any = true;
              gauge.dataPoint(MetricsText.gauge(count.value(), labels(count)));
            }
          }
          if (any) {
            all.metricSnapshot(gauge.build());
          }
        });
    COUNTERS.forEach(
        (what, help) -> {
          for (MetricsSource.PurgeCount count : counts) {
            if (count.what().equals(what)) {
              all.metricSnapshot(
                  CounterSnapshot.builder()
                      .name("landfall_purge_" + what)
                      .help(help)
                      .dataPoint(MetricsText.counter((long) count.value(), labels(count)))
                      .build());
            }
          }
        });
  }

  private static Labels labels(MetricsSource.PurgeCount count) {
    return count.peer().isEmpty() ? Labels.EMPTY : Labels.of("peer", count.peer());
  }
}

package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is counted of connections over HTTP/2 to nodes and backends, and of requests broken off. */
final class ForwardMetrics {
  private ForwardMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.ForwardCounts counts) {
    add(
        all,
        "landfall_forward_resets_held",
        "Forwarded requests that were given up and reset later, since there were many.",
        counts.heldResets());
    add(
        all,
        "landfall_forward_aborters_declined",
        "Requests not sent to nodes or over HTTP/2 to backends, since their client breaks off too many.",
        counts.declinedAborters());
    add(
        all,
        "landfall_forward_connections_flooded",
        "Connections between nodes that ended for too many resets or control frames.",
        counts.floodedConnections());
    add(
        all,
        "landfall_backend_connections_flooded",
        "Connections to backends over HTTP/2 that ended for too many resets or control frames.",
        counts.floodedBackends());
    add(
        all,
        "landfall_edge_connections_stalled",
        "Connections of clients and nodes that ended since they read nothing of what waited for them.",
        counts.stalledConnections());
  }

  private static void add(MetricSnapshots.Builder all, String name, String help, long count) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name(name)
            .help(help)
            .dataPoint(MetricsText.counter(count, Labels.EMPTY))
            .build());
  }
}

package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is counted of requests that wait for a place, and of connections that got none. */
final class QueueMetrics {
  private QueueMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.QueueCounts counts) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_edge_queue_waiting")
            .help("Requests that wait until their service has fewer in progress than it may.")
            .dataPoint(MetricsText.gauge(counts.now(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_queue_entered")
            .help("Requests that have waited so.")
            .dataPoint(MetricsText.counter(counts.queued(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_queue_timeouts")
            .help("Requests that have waited so, and found no place in time.")
            .dataPoint(MetricsText.counter(counts.late(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_connections_crowded")
            .help(
                "Connections of clients that were closed when they came, since their address had"
                    + " as many as it may.")
            .dataPoint(MetricsText.counter(counts.crowded(), Labels.EMPTY))
            .build());
  }
}

package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is counted of requests that the gate refused, and of connections without a place. */
final class RefusedMetrics {
  private static final String WHY = "why";

  private RefusedMetrics() {}

  static void addTo(MetricSnapshots.Builder all, RefusedCounts counts) {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("landfall_edge_requests_refused")
            .help("Requests that the gate refused, by the rule that they broke.");
    counts
        .requests()
        .forEach(
            (rule, count) ->
                requests.dataPoint(MetricsText.counter(count, Labels.of("rule", rule))));
    all.metricSnapshot(requests.build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_connections_refused")
            .help(
                "Connections of clients that were closed when they came, since there were as many"
                    + " as may be, or for newer ones, since no request had come on them.")
            .dataPoint(
                MetricsText.counter(counts.withoutPlace(), Labels.of(WHY, "max-connections")))
            .dataPoint(MetricsText.counter(counts.madeRoom(), Labels.of(WHY, "made-room")))
            .build());
  }
}

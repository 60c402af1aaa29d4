package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is counted of attempts on backends and nodes. */
final class AttemptMetrics {
  private AttemptMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.AttemptCounts counts) {
    add(
        all,
        "landfall_edge_attempts_repeated",
        "Attempts on backends and nodes after the first one of a request.",
        counts.repeats());
    add(
        all,
        "landfall_edge_attempts_failed",
        "Attempts on backends and nodes that failed.",
        counts.failed());
    add(
        all,
        "landfall_edge_repeats_refused",
        "Attempts that failed and were not repeated, since a part of all may be (retry-budget).",
        counts.refusedRepeats());
    add(
        all,
        "landfall_backend_circuits_opened",
        "Times that an address of a backend was left out, since its requests failed (circuit).",
        counts.openedCircuits());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_backend_circuits_open")
            .help("Addresses of backends that are left out now, since their requests failed.")
            .dataPoint(MetricsText.gauge(counts.openCircuits(), Labels.EMPTY))
            .build());
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

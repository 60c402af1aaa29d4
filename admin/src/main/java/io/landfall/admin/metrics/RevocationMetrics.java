package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The list of revocations, and whether its file is in force. */
final class RevocationMetrics {
  private RevocationMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.RevocationCounts counts) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_revocations_entries")
            .help("Entries of the list of revocations that is in force.")
            .dataPoint(MetricsText.gauge(counts.entries(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_revocations_problem")
            .help("1 while the file of revocations is not in force: it breaks a rule.")
            .dataPoint(MetricsText.gauge(counts.hasProblem() ? 1 : 0, Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_revocations_reloads")
            .help("Changed or reloaded files of revocations by what became of them.")
            .dataPoint(MetricsText.counter(counts.applied(), Labels.of("result", "applied")))
            .dataPoint(MetricsText.counter(counts.refused(), Labels.of("result", "refused")))
            .build());
  }
}

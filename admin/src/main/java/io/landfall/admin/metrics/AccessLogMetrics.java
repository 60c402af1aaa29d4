package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What became of the lines of the access log; nothing where there is none. */
final class AccessLogMetrics {
  private AccessLogMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.AccessLogCounts counts) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_access_log_lines")
            .help("Lines of the access log: written, or lost since none could wait any more.")
            .dataPoint(MetricsText.counter(counts.written(), Labels.of("result", "written")))
            .dataPoint(MetricsText.counter(counts.lost(), Labels.of("result", "lost")))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_access_log_problem")
            .help("1 while the access log cannot be written.")
            .dataPoint(MetricsText.gauge(counts.hasProblem() ? 1 : 0, Labels.EMPTY))
            .build());
  }
}

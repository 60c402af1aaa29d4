package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What became of the spans of sampled requests; nothing where there is no tracing. */
final class SpanMetrics {
  private SpanMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.SpanCounts counts) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_spans")
            .help(
                "Spans of sampled requests: exported to the collector, dropped since none could wait"
                    + " any more, or failed since the collector did not take them.")
            .dataPoint(MetricsText.counter(counts.exported(), Labels.of("result", "exported")))
            .dataPoint(MetricsText.counter(counts.dropped(), Labels.of("result", "dropped")))
            .dataPoint(MetricsText.counter(counts.failed(), Labels.of("result", "failed")))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_tracing_problem")
            .help("1 while the collector takes no spans.")
            .dataPoint(MetricsText.gauge(counts.hasProblem() ? 1 : 0, Labels.EMPTY))
            .build());
  }
}

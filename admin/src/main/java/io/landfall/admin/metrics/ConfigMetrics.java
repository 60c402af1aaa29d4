package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The config that the node runs with, and whether the last attempt to change it did so. */
final class ConfigMetrics {
  private static final double MILLIS_PER_SECOND = 1_000.0;

  private ConfigMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.ConfigCounts config) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_config_generation")
            .help("The config in force: 1 at the start of the node, and one more with each change.")
            .dataPoint(MetricsText.gauge(config.generation(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        InfoSnapshot.builder()
            .name("landfall_config")
            .help("The file of the config in force, by the begin of its SHA-256.")
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(Labels.of("hash", config.hash()))
                    .build())
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_config_last_apply_success")
            .help("0 while the last attempt to change the config has changed nothing.")
            .dataPoint(MetricsText.gauge(config.lastApplied() ? 1 : 0, Labels.EMPTY))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_config_timestamp_seconds")
            .help("When the config in force was put in force.")
            .dataPoint(
                MetricsText.gauge(config.since().toEpochMilli() / MILLIS_PER_SECOND, Labels.EMPTY))
            .build());
  }
}

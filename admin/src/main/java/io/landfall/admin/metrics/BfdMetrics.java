package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** What BFD counts. The counters begin anew with each session, which Prometheus sees as a reset. */
final class BfdMetrics {
  private BfdMetrics() {}

  static void addTo(
      MetricSnapshots.Builder all,
      List<MetricsSource.BfdCount> sessions,
      List<MetricsSource.BfdUnmatched> unmatched) {
    GaugeSnapshot.Builder up =
        GaugeSnapshot.builder().name("landfall_bfd_up").help("1 while a BFD session is Up.");
    CounterSnapshot.Builder downs =
        CounterSnapshot.builder()
            .name("landfall_bfd_downs")
            .help("How often a BFD session left Up.");
    CounterSnapshot.Builder discarded =
        CounterSnapshot.builder()
            .name("landfall_bfd_discarded")
            .help("Datagrams that a BFD session discarded.");
    for (MetricsSource.BfdCount session : sessions) {
      Labels labels = Labels.of("peer", session.peer());
      up.dataPoint(MetricsText.gauge(session.up() ? 1 : 0, labels));
      downs.dataPoint(MetricsText.counter(session.downs(), labels));
      discarded.dataPoint(MetricsText.counter(session.discarded(), labels));
    }
    all.metricSnapshot(up.build());
    all.metricSnapshot(downs.build());
    all.metricSnapshot(discarded.build());
    CounterSnapshot.Builder without =
        CounterSnapshot.builder()
            .name("landfall_bfd_unmatched")
            .help("Datagrams that BFD discarded before it had found a session, by rule.");
    for (MetricsSource.BfdUnmatched each : unmatched) {
      without.dataPoint(
          MetricsText.counter(each.count(), Labels.of("plane", each.plane(), "rule", each.rule())));
    }
    all.metricSnapshot(without.build());
  }
}

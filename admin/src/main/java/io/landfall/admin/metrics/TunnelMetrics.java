package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is counted of requests that have switched protocols. */
final class TunnelMetrics {
  private static final String END = "end";

  private TunnelMetrics() {}

  static void addTo(MetricSnapshots.Builder all, TunnelCounts counts) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_edge_tunnels")
            .help("Requests that have switched protocols (WebSocket) and are open.")
            .dataPoint(MetricsText.gauge(counts.open(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_tunnels_opened")
            .help("Requests that have switched protocols.")
            .dataPoint(MetricsText.counter(counts.opened(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_tunnels_refused")
            .help("Requests to switch protocols that got 503, since there were as many as may be.")
            .dataPoint(MetricsText.counter(counts.refused(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_tunnels_turned_away")
            .help(
                "Requests to switch protocols that were not sent to a node, since tunnels to it had"
                    + " their share of its streams.")
            .dataPoint(MetricsText.counter(counts.turnedAway(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_tunnels_cut")
            .help(
                "Tunnels that did not end in order: idle for too long, or broken off by one side.")
            .dataPoint(MetricsText.counter(counts.idle(), Labels.of(END, "idle")))
            .dataPoint(MetricsText.counter(counts.broken(), Labels.of(END, "broken")))
            .build());
  }
}

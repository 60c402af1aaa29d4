package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.SortedMap;

/** What is counted of clients, by version of HTTP. */
final class ClientMetrics {
  private static final String VERSION = "version";
  private static final Labels HTTP_1 = Labels.of(VERSION, "1");
  private static final Labels HTTP_2 = Labels.of(VERSION, "2");

  private ClientMetrics() {}

  static void addTo(MetricSnapshots.Builder all, MetricsSource.ClientCounts counts) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_edge_client_connections")
            .help("Connections of clients that are open, by version of HTTP.")
            .dataPoint(MetricsText.gauge(counts.http1Connections(), HTTP_1))
            .dataPoint(MetricsText.gauge(counts.http2Connections(), HTTP_2))
            .build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_client_requests")
            .help("Requests of clients that the gate took, by version of HTTP.")
            .dataPoint(MetricsText.counter(counts.http1Requests(), HTTP_1))
            .dataPoint(MetricsText.counter(counts.http2Requests(), HTTP_2))
            .build());
    add(
        all,
        "landfall_edge_http2_connections_flooded",
        "Connections of clients over HTTP/2 that ended since what they cost brought them nothing.",
        counts.floodedHttp2Connections());
    add(
        all,
        "landfall_edge_http2_streams_stalled",
        "Streams of clients that were reset since they were given no window for too long.",
        counts.stalledHttp2Streams());
  }

  /** Connections that were closed for their PROXY header. */
  static void addProxyHeaders(MetricSnapshots.Builder all, SortedMap<String, Long> byReason) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("landfall_edge_proxy_headers_refused")
            .help(
                "Connections that were closed, since no PROXY header that is taken came on them.");
    byReason.forEach(
        (reason, count) ->
            counter.dataPoint(MetricsText.counter(count, Labels.of("reason", reason))));
    all.metricSnapshot(counter.build());
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

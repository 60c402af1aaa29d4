package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sessions, prefixes and certificates, one by one, so that an alert can name the one. */
final class PlaneMetrics {
  /** What a prefix can be at an upstream. */
  static final List<String> PREFIX_STATES =
      List.of("announced", "draining", "pending", "withdrawn");

  private static final String UPSTREAM = "upstream";

  private PlaneMetrics() {}

  static void addTo(MetricSnapshots.Builder all, Planes planes, Instant now) {
    all.metricSnapshot(
        up(
            "landfall_upstream_session_up",
            "1 while the BGP session with an upstream router is Established, else 0.",
            UPSTREAM,
            planes.upstreams()));
    GaugeSnapshot.Builder prefixes =
        GaugeSnapshot.builder()
            .name("landfall_upstream_prefix")
            .help("1 for the state of a prefix at an upstream router, 0 for the others.");
    for (Planes.Prefix each : planes.prefixes()) {
      for (String state : PREFIX_STATES) {
        prefixes.dataPoint(
            MetricsText.gauge(
                state.equals(each.state()) ? 1 : 0,
                Labels.of(UPSTREAM, each.upstream(), "prefix", each.prefix(), "state", state)));
      }
    }
    all.metricSnapshot(prefixes.build());
    all.metricSnapshot(
        up(
            "landfall_overlay_peer_up",
            "1 while the session with a node of the overlay is Established, else 0.",
            "peer",
            planes.peers()));
    // Two certificates with one subject are told apart by nothing else: the first to end counts.
    TreeMap<Labels, Double> seconds = new TreeMap<>();
    for (Planes.Certificate each : planes.certificates()) {
      seconds.merge(
          Labels.of("kind", each.kind(), "subject", each.subject()),
          (double) Duration.between(now, each.notAfter()).toSeconds(),
          Math::min);
    }
    GaugeSnapshot.Builder expiry =
        GaugeSnapshot.builder()
            .name("landfall_overlay_certificate_expiry_seconds")
            .help("Until this node's certificate, or a CA of nodes, ends; below 0 when it has.");
    seconds.forEach((labels, left) -> expiry.dataPoint(MetricsText.gauge(left, labels)));
    all.metricSnapshot(expiry.build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_control_wait_seconds")
            .help("How long this scrape waited until the control thread answered.")
            .dataPoint(MetricsText.gauge(planes.waitSeconds(), Labels.EMPTY))
            .build());
  }

  private static GaugeSnapshot up(
      String name, String help, String label, SortedMap<String, Boolean> states) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    states.forEach(
        (of, up) -> gauge.dataPoint(MetricsText.gauge(up ? 1 : 0, Labels.of(label, of))));
    return gauge.build();
  }
}

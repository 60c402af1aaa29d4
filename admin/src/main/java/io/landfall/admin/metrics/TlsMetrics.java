package io.landfall.admin.metrics;

import io.landfall.admin.model.TlsStatus;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;

/** TLS towards clients: when certificates end, whether their files are in force, handshakes. */
final class TlsMetrics {
  private static final String LISTENER = "listener";
  private static final String CERTIFICATE = "certificate";

  private TlsMetrics() {}

  static void addTo(MetricSnapshots.Builder all, TlsStatus status, Instant now) {
    GaugeSnapshot.Builder expiry =
        GaugeSnapshot.builder()
            .name("landfall_tls_certificate_expiry_seconds")
            .help("Until a certificate for clients ends; below 0 when it has ended.");
    GaugeSnapshot.Builder problem =
        GaugeSnapshot.builder()
            .name("landfall_tls_certificates_problem")
            .help("1 while the files of a listener's certificates are not in force as they are.");
    CounterSnapshot.Builder handshakes =
        CounterSnapshot.builder()
            .name("landfall_tls_handshakes")
            .help("TLS handshakes of clients by version, or failed.");
    for (TlsStatus.Listener listener : status.listeners()) {
      String at = listener.address();
      problem.dataPoint(
          MetricsText.gauge(listener.problem().isPresent() ? 1 : 0, Labels.of(LISTENER, at)));
      handshakes
          .dataPoint(handshakes(at, "TLSv1.2", listener.handshakes().tls12()))
          .dataPoint(handshakes(at, "TLSv1.3", listener.handshakes().tls13()))
          .dataPoint(handshakes(at, "failed", listener.handshakes().failed()));
      listener.certificates().stream()
          .distinct()
          .forEach(
              each ->
                  expiry.dataPoint(
                      MetricsText.gauge(
                          Duration.between(now, each.notAfter()).toSeconds(),
                          Labels.of(LISTENER, at, CERTIFICATE, each.file()))));
    }
    all.metricSnapshot(expiry.build());
    addOrders(all, status);
    all.metricSnapshot(problem.build());
    all.metricSnapshot(handshakes.build());
  }

  private static void addOrders(MetricSnapshots.Builder all, TlsStatus status) {
    GaugeSnapshot.Builder failures =
        GaugeSnapshot.builder()
            .name("landfall_acme_failures")
            .help("Orders by ACME that have failed since the last that did not, by certificate.");
    GaugeSnapshot.Builder issued =
        GaugeSnapshot.builder()
            .name("landfall_acme_issued")
            .help(
                "1 if a certificate is there that was ordered by ACME; 0 while clients get a stand-in,"
                    + " which they refuse.");
    CounterSnapshot.Builder orders =
        CounterSnapshot.builder()
            .name("landfall_acme_orders")
            .help("Orders of certificates by ACME, issued or failed.");
    for (TlsStatus.Ordered each : status.orders()) {
      issued.dataPoint(
          MetricsText.gauge(each.isIssued() ? 1 : 0, Labels.of(CERTIFICATE, each.file())));
      failures.dataPoint(MetricsText.gauge(each.failures(), Labels.of(CERTIFICATE, each.file())));
      orders
          .dataPoint(order(each.file(), "issued", each.issued()))
          .dataPoint(order(each.file(), "failed", each.failed()));
    }
    all.metricSnapshot(failures.build());
    all.metricSnapshot(issued.build());
    all.metricSnapshot(orders.build());
  }

  private static CounterSnapshot.CounterDataPointSnapshot order(
      String file, String result, long count) {
    return MetricsText.counter(count, Labels.of(CERTIFICATE, file, "result", result));
  }

  private static CounterSnapshot.CounterDataPointSnapshot handshakes(
      String listener, String result, long count) {
    return MetricsText.counter(count, Labels.of(LISTENER, listener, "result", result));
  }
}

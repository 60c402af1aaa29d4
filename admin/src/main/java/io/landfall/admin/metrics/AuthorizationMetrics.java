package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** What is counted of requests that an authorization service is asked about. */
final class AuthorizationMetrics {
  private AuthorizationMetrics() {}

  static void addTo(
      MetricSnapshots.Builder all, List<MetricsSource.AuthorizationCount> authorizations) {
    CounterSnapshot.Builder results =
        CounterSnapshot.builder()
            .name("landfall_authorization")
            .help("Requests that an authorization service was to be asked about, by result.");
    GaugeSnapshot.Builder inFlight =
        GaugeSnapshot.builder()
            .name("landfall_authorization_in_flight")
            .help("Requests that wait for the answer of an authorization service.");
    for (MetricsSource.AuthorizationCount count : authorizations) {
      count
          .results()
          .forEach(
              (result, number) ->
                  results.dataPoint(
                      MetricsText.counter(
                          number, Labels.of("result", result, "service", count.service()))));
      inFlight.dataPoint(
          MetricsText.gauge(count.inFlight(), Labels.of("service", count.service())));
    }
    all.metricSnapshot(results.build());
    all.metricSnapshot(inFlight.build());
  }
}

package io.landfall.admin.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.SortedMap;

/** Rate, errors, durations and load by service, by target node and by backend. */
final class TrafficMetrics {
  private static final String SERVICE = "service";
  private static final String OUTCOME = "outcome";
  private static final String BACKEND = "backend";
  private static final String RESULT = "result";
  private static final String NODE = "node";
  private static final String ARRIVAL = "arrival";

  private TrafficMetrics() {}

  static void addTo(MetricSnapshots.Builder all, Traffic traffic) {
    outcomes(all, traffic.services());
    load(all, traffic.services());
    nodes(all, traffic.nodes());
    backends(all, traffic.backends());
  }

  private static void outcomes(MetricSnapshots.Builder all, List<Traffic.OfService> services) {
    HistogramSnapshot.Builder durations =
        HistogramSnapshot.builder()
            .name("landfall_request_duration_seconds")
            .help("From the head of a client's request to the end of its response.");
    CounterSnapshot.Builder responses =
        CounterSnapshot.builder()
            .name("landfall_responses")
            .help("Requests that are over, by class of status or how they were cut off.");
    for (Traffic.OfService service : services) {
      for (Traffic.OfOutcome each : service.outcomes()) {
        durations.dataPoint(
            MetricsText.histogram(
                each.durations(), Labels.of(SERVICE, service.service(), OUTCOME, each.outcome())));
        Labels labels = Labels.of(SERVICE, service.service(), OUTCOME, each.outcome());
        responses(responses, labels.add(ARRIVAL, "client"), each.codes());
        responses(responses, labels.add(ARRIVAL, "node"), each.codesForNodes());
      }
    }
    all.metricSnapshot(durations.build());
    all.metricSnapshot(responses.build());
  }

  private static void responses(
      CounterSnapshot.Builder counter, Labels labels, SortedMap<String, Long> codes) {
    codes.forEach(
        (code, count) -> counter.dataPoint(MetricsText.counter(count, labels.add("code", code))));
  }

  private static void load(MetricSnapshots.Builder all, List<Traffic.OfService> services) {
    HistogramSnapshot.Builder firstByte =
        HistogramSnapshot.builder()
            .name("landfall_request_first_byte_seconds")
            .help("From the head of a client's request to the head of its response.");
    CounterSnapshot.Builder received =
        CounterSnapshot.builder()
            .name("landfall_request_body_bytes")
            .help("Bytes of the bodies of requests that are over.");
    CounterSnapshot.Builder sent =
        CounterSnapshot.builder()
            .name("landfall_response_body_bytes")
            .help("Bytes of the bodies of responses that are over.");
    GaugeSnapshot.Builder inProgress =
        GaugeSnapshot.builder()
            .name("landfall_requests_in_progress")
            .help("Requests in progress, tunnels included.");
    for (Traffic.OfService each : services) {
      Labels labels = Labels.of(SERVICE, each.service());
      firstByte.dataPoint(MetricsText.histogram(each.firstByte(), labels));
      received.dataPoint(MetricsText.counter(each.bytes().received(), labels));
      sent.dataPoint(MetricsText.counter(each.bytes().sent(), labels));
      inProgress.dataPoint(MetricsText.gauge(each.inProgress(), labels));
    }
    all.metricSnapshot(firstByte.build());
    all.metricSnapshot(received.build());
    all.metricSnapshot(sent.build());
    all.metricSnapshot(inProgress.build());
  }

  private static void nodes(MetricSnapshots.Builder all, List<Traffic.OfNode> nodes) {
    HistogramSnapshot.Builder firstByte =
        HistogramSnapshot.builder()
            .name("landfall_forward_first_byte_seconds")
            .help("From the begin of an attempt on another node to the head of its response.");
    CounterSnapshot.Builder attempts =
        CounterSnapshot.builder()
            .name("landfall_forward_attempts")
            .help("Attempts on other nodes that are over, by result.");
    for (Traffic.OfNode each : nodes) {
      Labels labels = Labels.of(NODE, each.node());
      firstByte.dataPoint(MetricsText.histogram(each.attempts().firstByte(), labels));
      results(attempts, labels, each.attempts());
    }
    all.metricSnapshot(firstByte.build());
    all.metricSnapshot(attempts.build());
  }

  private static void backends(MetricSnapshots.Builder all, List<Traffic.OfBackend> backends) {
    HistogramSnapshot.Builder firstByte =
        HistogramSnapshot.builder()
            .name("landfall_backend_first_byte_seconds")
            .help("From the begin of an attempt on a backend to the head of its response.");
    CounterSnapshot.Builder attempts =
        CounterSnapshot.builder()
            .name("landfall_backend_attempts")
            .help("Attempts on backends that are over, by result.");
    GaugeSnapshot.Builder up =
        GaugeSnapshot.builder()
            .name("landfall_backend_up")
            .help("1 while a backend works, by its probe, else 0.");
    for (Traffic.OfBackend each : backends) {
      Labels labels = Labels.of(SERVICE, each.service(), BACKEND, each.backend());
      firstByte.dataPoint(MetricsText.histogram(each.attempts().firstByte(), labels));
      results(attempts, labels, each.attempts());
      up.dataPoint(MetricsText.gauge(each.up() ? 1 : 0, labels));
    }
    all.metricSnapshot(firstByte.build());
    all.metricSnapshot(attempts.build());
    all.metricSnapshot(up.build());
  }

  private static void results(
      CounterSnapshot.Builder counter, Labels labels, Traffic.Attempts attempts) {
    attempts
        .results()
        .forEach(
            (result, count) ->
                counter.dataPoint(MetricsText.counter(count, labels.add(RESULT, result))));
  }
}

package io.landfall.admin.metrics;

import io.landfall.core.Signal;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusProtobufWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * One scrape: asks the {@link MetricsSource}, adds the JVM's own figures, and writes text, or
 * Prometheus's protobuf, which has native histograms too.
 *
 * <p>Nothing is registered or updated between scrapes: the rooms count in their own fields, and
 * what a scrape sees is what they hold. Names follow Prometheus's conventions: base units, {@code
 * _total} on counters, no label that grows with traffic.
 */
public final class MetricsText {
  private static final String PROTOBUF = "application/vnd.google.protobuf";
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final List<String> TEXTS = List.of(OPEN_METRICS, "text/plain");
  private static final List<String> FORMATS = List.of(PROTOBUF, OPEN_METRICS, "text/plain");

  /** Below the bucket of a microsecond, which is the shortest time that is measured. */
  private static final double NATIVE_ZERO_SECONDS = 0x1p-20;

  private final Supplier<? extends MetricsSource> scrapes;
  private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter protobuf = new PrometheusProtobufWriter();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  /**
   * Text from these numbers.
   *
   * @param scrapes the numbers of one moment, asked for once a scrape
   */
  public MetricsText(Supplier<? extends MetricsSource> scrapes) {
    this.scrapes = scrapes;
  }

  /**
   * One scrape, in the format that the Accept header asks for.
   *
   * @param answer makes the result from the content type and the body
   */
  public <T> T answer(String accept, BiFunction<String, byte[], T> answer) {
    ExpositionFormatWriter writer = writer(accept);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writer.write(out, snapshot(), EscapingScheme.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return answer.apply(writer.getContentType(), out.toByteArray());
  }

  /** Prometheus names protobuf with the highest weight when it wants native histograms. */
  private ExpositionFormatWriter writer(String accept) {
    List<String> formats = protobuf.accepts(accept) ? FORMATS : TEXTS;
    return switch (AcceptField.best(accept, formats).orElse("")) {
      case PROTOBUF -> protobuf;
      case OPEN_METRICS -> openMetrics;
      default -> prometheus;
    };
  }

  /** What one scrape has. */
  MetricSnapshots snapshot() {
    MetricsSource source = scrapes.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    requests(all, source);
    TrafficMetrics.addTo(all, source.traffic());
    ForwardMetrics.addTo(all, source.forwards());
    AttemptMetrics.addTo(all, source.attempts());
    ClientMetrics.addTo(all, source.clients());
    TunnelMetrics.addTo(all, source.tunnels());
    ClientMetrics.addProxyHeaders(all, source.refusedProxyHeaders());
    RefusedMetrics.addTo(all, source.refused());
    QueueMetrics.addTo(all, source.queues());
    QueueSizeMetrics.addTo(all, source.queueSizes());
    AuthorizationMetrics.addTo(all, source.authorizations());
    TlsMetrics.addTo(all, source.tls(), source.time());
    source.accessLog().ifPresent(counts -> AccessLogMetrics.addTo(all, counts));
    source.spans().ifPresent(counts -> SpanMetrics.addTo(all, counts));
    CacheMetrics.addTo(all, source.cache());
    PurgeMetrics.addTo(all, source.purges());
    overlay(all, source);
    PlaneMetrics.addTo(all, source.planes(), source.time());
    BfdMetrics.addTo(all, source.bfd(), source.bfdUnmatched());
    control(all, source);
    ingress(all, source);
    services(all, source);
    WatchMetrics.addTo(all, source.watch());
    ConfigMetrics.addTo(all, source.config());
    process(all, source);
    JvmMetrics.addTo(all);
    return all.build();
  }

  private static void requests(MetricSnapshots.Builder all, MetricsSource source) {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("landfall_requests")
            .help("Requests by outcome, reason and service.");
    for (MetricsSource.RequestCount count : source.requests()) {
      requests.dataPoint(
          counter(
              count.count(),
              Labels.of(
                  "outcome",
                  count.outcome(),
                  "reason",
                  count.reason(),
                  "service",
                  count.service())));
    }
    all.metricSnapshot(requests.build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_edge_trailers_dropped")
            .help("Trailer fields of responses that were dropped, since they must not be any.")
            .dataPoint(counter(source.droppedTrailers(), Labels.EMPTY))
            .build());
  }

  static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      DurationHistogram durations, Labels labels) {
    double[] bounds =
        Arrays.copyOf(durations.upperBoundsSeconds(), durations.upperBoundsSeconds().length + 1);
    bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
    HistogramSnapshot.HistogramDataPointSnapshot.Builder histogram =
        HistogramSnapshot.HistogramDataPointSnapshot.builder()
            .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, durations.counts()))
            .sum(durations.sumSeconds())
            .labels(labels);
    durations
        .nativeCounts()
        .ifPresent(
            counts -> {
              NativeHistogramBuckets.Builder buckets = NativeHistogramBuckets.builder();
              counts.forEach(buckets::bucket);
              histogram
                  .nativeSchema(DurationHistogram.NATIVE_SCHEMA)
                  .nativeZeroThreshold(NATIVE_ZERO_SECONDS)
                  .nativeBucketsForPositiveValues(buckets.build());
            });
    return histogram.build();
  }

  private static void control(MetricSnapshots.Builder all, MetricsSource source) {
    MetricsSource.ControlSteps steps = source.controlSteps();
    all.metricSnapshot(
        HistogramSnapshot.builder()
            .name("landfall_control_step_seconds")
            .help("How long the control thread was busy with one task.")
            .dataPoint(histogram(steps.durations(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_control_step_max_seconds")
            .help("The longest task of the control thread since the start.")
            .dataPoint(gauge(steps.longestSeconds(), Labels.EMPTY))
            .build());
  }

  private static void overlay(MetricSnapshots.Builder all, MetricsSource source) {
    all.metricSnapshot(
        GaugeSnapshot.builder()
            .name("landfall_overlay_routes")
            .help("Hosts in the overlay table.")
            .dataPoint(gauge(source.overlayRoutes(), Labels.EMPTY))
            .build());
    GaugeSnapshot.Builder peers =
        GaugeSnapshot.builder().name("landfall_overlay_peers").help("Overlay peers by state.");
    source
        .overlayPeers()
        .forEach((state, count) -> peers.dataPoint(gauge(count, Labels.of("state", state))));
    all.metricSnapshot(peers.build());
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_overlay_duplicates")
            .help("Clashes of two certificates or places over one node identity.")
            .dataPoint(counter(source.overlayDuplicates(), Labels.EMPTY))
            .build());
    RevocationMetrics.addTo(all, source.revocations());
    CounterSnapshot.Builder refused =
        CounterSnapshot.builder()
            .name("landfall_overlay_refused")
            .help("Overlay routes and peers refused, by peer and rule.");
    for (MetricsSource.RefusedCount count : source.overlayRefused()) {
      refused.dataPoint(
          counter(count.count(), Labels.of("peer", count.peer(), "rule", count.rule())));
    }
    all.metricSnapshot(refused.build());
  }

  private static void ingress(MetricSnapshots.Builder all, MetricsSource source) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_ingress_updates_sent")
            .help("UPDATE messages sent to upstream routers.")
            .dataPoint(counter(source.ingressUpdatesSent(), Labels.EMPTY))
            .build());
  }

  private static void services(MetricSnapshots.Builder all, MetricsSource source) {
    GaugeSnapshot.Builder maintenance =
        GaugeSnapshot.builder()
            .name("landfall_service_maintenance")
            .help("1 while requests for a service that land here are answered with 503.");
    source
        .maintenance()
        .forEach(
            (service, on) ->
                maintenance.dataPoint(gauge(on ? 1 : 0, Labels.of("service", service))));
    all.metricSnapshot(maintenance.build());
    GaugeSnapshot.Builder signals =
        GaugeSnapshot.builder()
            .name("landfall_service_signal")
            .help("1 for the signal that a service gives here, 0 for the others.");
    source
        .serviceSignals()
        .forEach(
            (service, now) -> {
              for (Signal signal : Signal.values()) {
                signals.dataPoint(
                    gauge(
                        signal == now.now() ? 1 : 0,
                        Labels.of("service", service, "signal", signal.name())));
              }
            });
    all.metricSnapshot(signals.build());
    CounterSnapshot.Builder changes =
        CounterSnapshot.builder()
            .name("landfall_service_signal_changes")
            .help("Changes of the signal that a service gives here, or of its tier.");
    source
        .serviceSignals()
        .forEach(
            (service, now) ->
                changes.dataPoint(counter(now.changes(), Labels.of("service", service))));
    all.metricSnapshot(changes.build());
    CounterSnapshot.Builder probes =
        CounterSnapshot.builder()
            .name("landfall_probe")
            .help("Probes of local backends by service and result.");
    for (MetricsSource.ProbeCount count : source.probes()) {
      probes.dataPoint(
          counter(count.count(), Labels.of("service", count.service(), "result", count.result())));
    }
    all.metricSnapshot(probes.build());
  }

  private static void process(MetricSnapshots.Builder all, MetricsSource source) {
    all.metricSnapshot(
        CounterSnapshot.builder()
            .name("landfall_log_lines_lost")
            .help("Lines of the node's log that were lost: standard error took none meanwhile.")
            .dataPoint(counter(source.lostLogLines(), Labels.EMPTY))
            .build());
    all.metricSnapshot(
        InfoSnapshot.builder()
            .name("landfall_build")
            .help("What is running.")
            .dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(
                        Labels.of("version", Version.text(), "java", Runtime.version().toString()))
                    .build())
            .build());
  }

  static CounterSnapshot.CounterDataPointSnapshot counter(long count, Labels labels) {
    return counter((double) count, labels);
  }

  static CounterSnapshot.CounterDataPointSnapshot counter(double value, Labels labels) {
    return CounterSnapshot.CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }

  static GaugeSnapshot.GaugeDataPointSnapshot gauge(long count, Labels labels) {
    return gauge((double) count, labels);
  }

  static GaugeSnapshot.GaugeDataPointSnapshot gauge(double value, Labels labels) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}

package io.landfall.node;

import io.landfall.admin.metrics.DurationHistogram;
import io.landfall.admin.metrics.MetricsSource.RequestCount;
import io.landfall.admin.metrics.Traffic;
import io.landfall.admin.metrics.TunnelCounts;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TrafficStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the edge counts of requests, in the words of metrics. */
final class TrafficRows {
  private static final double MICROS_PER_SECOND = 1e6;

  private TrafficRows() {}

  static Traffic of(TrafficStats stats) {
    return new Traffic(
        stats.services().stream().map(TrafficRows::service).toList(),
        stats.nodes().stream()
            .map(each -> new Traffic.OfNode(each.node(), attempts(each.attempts())))
            .toList(),
        stats.backends().stream()
            .map(
                each ->
                    new Traffic.OfBackend(
                        each.service().value(),
                        each.backend(),
                        each.up(),
                        attempts(each.attempts())))
            .toList());
  }

  /** Requests by reason. */
  static List<RequestCount> requests(TrafficStats stats) {
    List<RequestCount> rows = new ArrayList<>();
    for (TrafficStats.OfService each : stats.services()) {
      String service = each.service().map(ServiceName::value).orElse("");
      each.reasons()
          .forEach(
              (reason, count) ->
                  rows.add(
                      new RequestCount(
                          reason.outcome().name().toLowerCase(Locale.ROOT),
                          reason.name(),
                          service,
                          count)));
    }
    return rows;
  }

  /** Requests that have switched protocols. */
  static TunnelCounts tunnels(EdgeStats.Tunnels tunnels) {
    return new TunnelCounts(
        Math.max(0, tunnels.open()),
        tunnels.opened(),
        tunnels.refused(),
        tunnels.idle(),
        tunnels.broken(),
        tunnels.turnedAway());
  }

  private static Traffic.OfService service(TrafficStats.OfService each) {
    List<Traffic.OfOutcome> outcomes =
        each.outcomes().entrySet().stream()
            .map(
                of ->
                    new Traffic.OfOutcome(
                        of.getKey().name().toLowerCase(Locale.ROOT),
                        durations(of.getValue().durations()),
                        labels(of.getValue().results()),
                        labels(of.getValue().resultsForNodes())))
            .toList();
    return new Traffic.OfService(
        each.service().map(ServiceName::value).orElse(""),
        outcomes,
        durations(each.firstByte()),
        new Traffic.Bytes(each.bytes().received(), each.bytes().sent()),
        each.inProgress());
  }

  private static Traffic.Attempts attempts(TrafficStats.Attempts attempts) {
    return new Traffic.Attempts(durations(attempts.firstByte()), labels(attempts.results()));
  }

  private static SortedMap<String, Long> labels(Map<ResultClass, Long> results) {
    TreeMap<String, Long> labels = new TreeMap<>();
    results.forEach((result, count) -> labels.put(result.label(), count));
    return labels;
  }

  private static DurationHistogram durations(TrafficStats.Durations durations) {
    return new DurationHistogram(
        durations.upperBoundsMicros().stream()
            .mapToDouble(each -> each / MICROS_PER_SECOND)
            .toArray(),
        durations.counts().stream().mapToLong(Long::longValue).toArray(),
        durations.sumMicros() / MICROS_PER_SECOND,
        Optional.of(durations.nativeCounts()));
  }
}

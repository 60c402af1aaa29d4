package io.landfall.node;

import io.landfall.bfd.BfdState;
import io.landfall.bfd.BfdView;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.EdgeServer;
import io.landfall.edge.EdgeStats;
import io.landfall.node.admin.BfdRow;
import io.landfall.node.admin.PeerView;
import io.landfall.node.admin.ServiceStatus;
import io.landfall.node.metrics.MetricsSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The numbers of this node, read at a scrape. */
final class NodeMetrics implements MetricsSource {
  private static final double MICROS_PER_SECOND = 1e6;

  private final Node node;
  private final NodeAdmin admin;

  NodeMetrics(Node node, NodeAdmin admin) {
    this.node = node;
    this.admin = admin;
  }

  @Override
  public List<RequestCount> requests() {
    EdgeServer edge = node.edge();
    if (edge == null) {
      return List.of();
    }
    List<RequestCount> result = new ArrayList<>();
    for (EdgeStats.DecisionCount count : edge.stats().decisions()) {
      result.add(
          new RequestCount(
              count.reason().outcome().name().toLowerCase(Locale.ROOT),
              count.reason().name(),
              count.service().map(ServiceName::value).orElse(""),
              count.count()));
    }
    return result;
  }

  @Override
  public ForwardCounts forwards() {
    EdgeServer edge = node.edge();
    if (edge == null) {
      return new ForwardCounts(0, 0, 0);
    }
    EdgeStats stats = edge.stats();
    return new ForwardCounts(
        stats.heldResets(), stats.declinedAborters(), stats.floodedConnections());
  }

  @Override
  public Durations requestDurations() {
    EdgeServer edge = node.edge();
    List<EdgeStats.Latency> latencies = edge == null ? List.of() : edge.stats().latencies();
    if (latencies.isEmpty()) {
      return new Durations(new double[0], new long[1], 0);
    }
    List<Long> bounds = latencies.getFirst().upperBoundsMicros();
    double[] upper = bounds.stream().mapToDouble(micros -> micros / MICROS_PER_SECOND).toArray();
    long[] counts = new long[bounds.size() + 1];
    double sum = 0;
    for (EdgeStats.Latency latency : latencies) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += latency.counts().get(i);
      }
      sum += latency.sumMicros() / MICROS_PER_SECOND;
    }
    return new Durations(upper, counts, sum);
  }

  @Override
  public long overlayRoutes() {
    return node.control
        .ask(() -> (long) node.overlay.overlay().hostCount())
        .orTimeout(NodeAdmin.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }

  @Override
  public Map<String, Long> overlayPeers() {
    Map<String, Long> result = new TreeMap<>();
    for (PeerView peer : admin.peers()) {
      if (peer.kind() == PeerView.Kind.NODE) {
        result.merge(peer.state(), 1L, Long::sum);
      }
    }
    return result;
  }

  @Override
  public long overlayDuplicates() {
    return node.control
        .ask(() -> node.clashes.duplicates().total())
        .orTimeout(NodeAdmin.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }

  @Override
  public List<RefusedCount> overlayRefused() {
    return admin.refused().stream()
        .map(refused -> new RefusedCount(refused.peer(), refused.rule(), refused.count()))
        .toList();
  }

  @Override
  public List<BfdCount> bfd() {
    return admin.bfd().stream()
        .filter(BfdRow::isSession)
        .map(
            row ->
                new BfdCount(
                    row.peer(),
                    row.session().state() == BfdState.UP,
                    row.session().counts().downs(),
                    row.session().counts().discarded().stream()
                        .mapToLong(BfdView.Discards::count)
                        .sum()))
        .toList();
  }

  @Override
  public List<BfdUnmatched> bfdUnmatched() {
    return admin.bfd().stream()
        .filter(row -> !row.isSession())
        .flatMap(
            row ->
                row.session().counts().discarded().stream()
                    .map(each -> new BfdUnmatched(row.address(), each.rule().word(), each.count())))
        .toList();
  }

  @Override
  public ControlSteps controlSteps() {
    io.landfall.node.ControlSteps steps = node.control.steps();
    return new ControlSteps(
        new Durations(steps.upperBoundsSeconds(), steps.counts(), steps.sumSeconds()),
        steps.longestSeconds());
  }

  @Override
  public long ingressUpdatesSent() {
    return admin.ingress().updatesSent();
  }

  @Override
  public Map<String, Signal> serviceSignals() {
    Map<String, Signal> result = new TreeMap<>();
    for (ServiceStatus service : admin.services()) {
      service.local().ifPresent(local -> result.put(service.name().value(), local.signal()));
    }
    return result;
  }

  @Override
  public List<WatchCount> watch() {
    return node.control
        .ask(node.watching::counts)
        .orTimeout(NodeAdmin.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }

  @Override
  public List<ProbeCount> probes() {
    return node.control
        .ask(
            () -> {
              List<ProbeCount> result = new ArrayList<>();
              node.signals
                  .counts()
                  .forEach(
                      (service, counts) -> {
                        result.add(new ProbeCount(service.value(), "success", counts.successes));
                        result.add(new ProbeCount(service.value(), "failure", counts.failures));
                      });
              return result;
            })
        .orTimeout(NodeAdmin.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .join();
  }
}

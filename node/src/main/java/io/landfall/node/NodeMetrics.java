package io.landfall.node;

import io.landfall.admin.BfdRow;
import io.landfall.admin.PeerView;
import io.landfall.admin.RefusedView;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.bfd.BfdState;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.EdgeServer;
import io.landfall.edge.EdgeStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The numbers of this node for one scrape. What the control thread owns is read in one visit, from
 * counts that are kept: no route and no service is shown for it, so a scrape costs the same however
 * large the table is.
 */
final class NodeMetrics implements MetricsSource {
  private static final double MICROS_PER_SECOND = 1e6;

  private final Node node;
  private final long routes;
  private final long duplicates;
  private final long updatesSent;
  private final TreeMap<String, Long> peers = new TreeMap<>();
  private final List<RefusedCount> refused = new ArrayList<>();
  private final List<BfdRow> bfd = new ArrayList<>();
  private final TreeMap<String, Signal> signals = new TreeMap<>();
  private final List<ProbeCount> probes = new ArrayList<>();
  private final List<WatchCount> watch;

  /** On the control thread. */
  private NodeMetrics(Node node, NodeViews views) {
    this.node = node;
    routes = node.overlay.overlay().hostCount();
    duplicates = node.overlay.plane().duplicates().total();
    updatesSent = node.ingress.view().updatesSent();
    watch = node.watching.counts();
    for (PeerView peer : views.peers()) {
      if (peer.kind() == PeerView.Kind.NODE) {
        peers.merge(peer.state(), 1L, Long::sum);
      }
    }
    for (RefusedView row : views.refused()) {
      refused.add(new RefusedCount(row.peer(), row.rule(), row.count()));
    }
    bfd.addAll(node.bfd.rows());
    bfd.addAll(node.ingress.bfdRows());
    for (ServiceConfig service : node.config.services()) {
      if (service.isLocal()) {
        signals.put(service.name().value(), node.overlay.plane().signals().signal(service.name()));
      }
    }
    node.probes
        .counts()
        .forEach(
            (service, counts) -> {
              probes.add(new ProbeCount(service.value(), "success", counts.successes));
              probes.add(new ProbeCount(service.value(), "failure", counts.failures));
            });
  }

  /** Reads the numbers of now; waits for the control thread, on any other. */
  static MetricsSource of(Node node, NodeViews views) {
    return node.control
        .ask(() -> new NodeMetrics(node, views))
        .orTimeout(NodeAdmin.ANSWER_MILLIS, TimeUnit.MILLISECONDS)
        .join();
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
      return new ForwardCounts(0, 0, 0, 0);
    }
    EdgeStats stats = edge.stats();
    return new ForwardCounts(
        stats.heldResets(),
        stats.declinedAborters(),
        stats.floodedConnections(),
        stats.stalledConnections());
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
    return routes;
  }

  @Override
  public Map<String, Long> overlayPeers() {
    return peers;
  }

  @Override
  public long overlayDuplicates() {
    return duplicates;
  }

  @Override
  public RevocationCounts revocations() {
    return node.control.ask(node.revocations::counts).orTimeout(1, TimeUnit.SECONDS).join();
  }

  @Override
  public List<RefusedCount> overlayRefused() {
    return refused;
  }

  @Override
  public List<BfdCount> bfd() {
    return bfd.stream()
        .filter(BfdRow::isSession)
        .map(
            row ->
                new BfdCount(
                    row.peer(),
                    row.session().states().local().equals(BfdState.UP.label()),
                    row.session().counts().downs(),
                    row.session().counts().discarded().stream()
                        .mapToLong(BfdRow.Discards::count)
                        .sum()))
        .toList();
  }

  @Override
  public List<BfdUnmatched> bfdUnmatched() {
    return bfd.stream()
        .filter(row -> !row.isSession())
        .flatMap(
            row ->
                row.session().counts().discarded().stream()
                    .map(each -> new BfdUnmatched(row.address(), each.rule(), each.count())))
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
    return updatesSent;
  }

  @Override
  public Map<String, Signal> serviceSignals() {
    return signals;
  }

  @Override
  public List<WatchCount> watch() {
    return watch;
  }

  @Override
  public List<ProbeCount> probes() {
    return probes;
  }
}

package io.landfall.node;

import io.landfall.admin.metrics.DurationHistogram;
import io.landfall.admin.metrics.MetricsSource;
import io.landfall.admin.metrics.Planes;
import io.landfall.admin.metrics.QueueSize;
import io.landfall.admin.metrics.RefusedCounts;
import io.landfall.admin.metrics.Traffic;
import io.landfall.admin.metrics.TunnelCounts;
import io.landfall.admin.model.BfdRow;
import io.landfall.admin.model.IngressStatus;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.TlsStatus;
import io.landfall.cache.fleet.PurgeFleetView;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.edge.CacheViews;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.TrafficStats;
import io.landfall.edge.server.EdgeServer;
import io.landfall.node.bfd.BfdMetricRows;
import io.landfall.node.log.Logs;
import io.landfall.node.watch.RouteMonitoring;
import io.landfall.signal.LocalSignals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of this node for one scrape. What the control thread owns is read in one visit, from
 * counts that are kept: no route and no service is shown for it, so a scrape costs the same however
 * large the table is.
 */
final class NodeMetrics implements MetricsSource {
  private static final double NANOS_PER_SECOND = 1e9;
  private final Optional<EdgeServer> edge;
  private final NodeRecords records;
  private final io.landfall.node.ControlSteps steps;
  private final RevocationCounts revocations;
  private final TlsStatus tls;
  private final Instant time;
  private final long routes;
  private final long duplicates;
  private final long updatesSent;
  private final TreeMap<String, Long> peers = new TreeMap<>();
  private final List<RefusedCount> refused = new ArrayList<>();
  private final List<BfdRow> bfd;
  private final TreeMap<String, ServiceSignal> signals = new TreeMap<>();
  private final SortedMap<String, Boolean> maintenance;
  private final List<ProbeCount> probes = new ArrayList<>();
  private final List<WatchCount> watch;
  private final List<PurgeCount> purges;
  private final ConfigCounts generation;
  private final Planes planes;
  private final List<QueueSize> queueSizes;
  private @Nullable TrafficStats counted;

  /**
   * Where the numbers are.
   *
   * @param config what files say
   * @param overlay the table, its peers and the local services
   * @param probes the results of probes
   * @param watch what BMP stations and MRT files are given
   * @param revocations the list of revocations
   * @param purges the purges of the fleet
   * @param edge the running edge, and its access log
   * @param control the control thread's own
   */
  record Sources(
      OfConfig config,
      ControlDriver overlay,
      Probes probes,
      RouteMonitoring watch,
      Supplier<RevocationCounts> revocations,
      Supplier<PurgeFleetView> purges,
      OfEdge edge,
      ControlLoop control) {
    /** Those of a node. */
    static Sources of(Node node) {
      return new Sources(
          new OfConfig(node.configurations, node.trust),
          node.overlay,
          node.probes,
          node.watching,
          node.revocations::counts,
          node.purges::here,
          new OfEdge(() -> Optional.ofNullable(node.edge()), node.records),
          node.control);
    }
  }

  /**
   * What was read from files.
   *
   * @param inForce the config in force
   * @param trust the credentials of this node, and its CAs
   */
  record OfConfig(Configurations inForce, NodeTrust trust) {}

  /**
   * The edge.
   *
   * @param running empty before it runs and after
   * @param records the access log and tracing
   */
  record OfEdge(Supplier<Optional<EdgeServer>> running, NodeRecords records) {}

  /** When the control thread was asked, and what waited for whom then. */
  private record Asked(long nanos, List<QueueSize> queueSizes) {}

  /** On the control thread, but for what was read before. */
  private NodeMetrics(Sources sources, NodeViews views, TlsStatus tls, Asked asked) {
    double waitSeconds = (sources.control().monotonicNanos() - asked.nanos) / NANOS_PER_SECOND;
    edge = sources.edge().running().get();
    records = sources.edge().records();
    steps = sources.control().steps();
    ControlDriver overlay = sources.overlay();
    routes = overlay.overlay().hostCount();
    duplicates = overlay.plane().duplicates().total();
    IngressStatus ingress = views.ingress().get();
    updatesSent = ingress.updatesSent();
    watch = sources.watch().counts();
    queueSizes = asked.queueSizes;
    revocations = sources.revocations().get();
    this.tls = tls;
    time = Instant.ofEpochMilli(sources.control().wallMillis());
    generation = sources.config().inForce().counts();
    purges = PurgeRows.counts(sources.purges().get());
    List<PeerRow> all = views.peers().all();
    planes = PlaneRows.of(ingress, all, sources.config().trust(), waitSeconds);
    for (PeerRow peer : all) {
      if (peer.kind().equals(PeerRow.NODE)) {
        peers.merge(peer.session().state(), 1L, Long::sum);
      }
    }
    for (RefusedRow row : views.refused().all()) {
      refused.add(new RefusedCount(row.peer(), row.rule(), row.count()));
    }
    bfd = views.bfd().get();
    maintenance = views.services().maintenance();
    for (ServiceConfig service : sources.config().inForce().services()) {
      if (service.isLocal()) {
        LocalSignals local = overlay.plane().signals();
        ServiceName name = service.name();
        signals.put(name.value(), new ServiceSignal(local.signal(name), local.changes(name)));
      }
    }
    sources
        .probes()
        .counts()
        .forEach(
            (service, counts) -> {
              probes.add(new ProbeCount(service.value(), "success", counts.successes));
              probes.add(new ProbeCount(service.value(), "failure", counts.failures));
            });
  }

  /** Reads the numbers of now; waits for the control thread, on any other. */
  static MetricsSource of(ControlQuestions questions, Sources sources, NodeViews views) {
    // As many rows as there are certificates: not on the control thread.
    TlsStatus tls = views.tls().get();
    Asked asked =
        new Asked(
            sources.control().monotonicNanos(),
            QueueSizes.of(sources.control(), sources.edge().records(), sources.watch()));
    return questions.ask(() -> new NodeMetrics(sources, views, tls, asked));
  }

  @Override
  public List<RequestCount> requests() {
    return counted().map(TrafficRows::requests).orElse(List.of());
  }

  /** It grows with services and event loops, so it is added up once; for whoever reads this. */
  private Optional<TrafficStats> counted() {
    if (counted == null && edge.isPresent()) {
      counted = edge.get().traffic();
    }
    return Optional.ofNullable(counted);
  }

  @Override
  public ForwardCounts forwards() {
    if (edge.isEmpty()) {
      return new ForwardCounts(0, 0, 0, 0, 0);
    }
    EdgeStats.Defences stats = edge.get().stats().defences();
    return new ForwardCounts(
        stats.heldResets(),
        stats.declinedAborters(),
        stats.floodedConnections(),
        stats.stalledConnections(),
        stats.floodedBackends());
  }

  @Override
  public AttemptCounts attempts() {
    if (edge.isEmpty()) {
      return MetricsSource.super.attempts();
    }
    EdgeStats.Attempts attempts = edge.get().stats().attempts();
    return new AttemptCounts(
        attempts.retries(),
        attempts.failed(),
        attempts.refusedRepeats(),
        Math.max(0, attempts.openCircuits()),
        attempts.openedCircuits());
  }

  @Override
  public ClientCounts clients() {
    if (edge.isEmpty()) {
      return MetricsSource.super.clients();
    }
    EdgeStats.Clients clients = edge.get().stats().clients();
    return new ClientCounts(
        Math.max(0, clients.connections() - clients.http2Connections()),
        clients.http2Connections(),
        clients.http1Requests(),
        clients.http2Requests(),
        clients.floodedHttp2Connections(),
        clients.stalledHttp2Streams());
  }

  @Override
  public long droppedTrailers() {
    return edge.map(running -> running.stats().defences().droppedTrailers()).orElse(0L);
  }

  @Override
  public SortedMap<String, Long> refusedProxyHeaders() {
    return edge.map(each -> EdgeRefusals.ofProxyHeaders(each.stats().clients()))
        .orElseGet(TreeMap::new);
  }

  @Override
  public RefusedCounts refused() {
    return edge.map(each -> EdgeRefusals.of(each.stats().refused()))
        .orElseGet(MetricsSource.super::refused);
  }

  @Override
  public QueueCounts queues() {
    if (edge.isEmpty()) {
      return MetricsSource.super.queues();
    }
    EdgeStats.Defences stats = edge.get().stats().defences();
    EdgeStats.Queued queued = stats.queued();
    return new QueueCounts(
        Math.max(0, queued.now()), queued.all(), queued.late(), stats.crowdedClients());
  }

  @Override
  public TunnelCounts tunnels() {
    return edge.map(each -> TrafficRows.tunnels(each.stats().tunnels()))
        .orElseGet(MetricsSource.super::tunnels);
  }

  @Override
  public long lostLogLines() {
    return Logs.lost();
  }

  @Override
  public Optional<AccessLogCounts> accessLog() {
    return records.logCounts();
  }

  @Override
  public Optional<SpanCounts> spans() {
    return records.spanCounts();
  }

  @Override
  public List<CacheCount> cache() {
    return CacheCounts.of(
        edge.map(EdgeServer::cache).orElse(CacheViews.NONE),
        service ->
            signals.containsKey(service.value())
                && signals.get(service.value()).now() == Signal.COLD);
  }

  @Override
  public List<PurgeCount> purges() {
    return cache().isEmpty() ? List.of() : purges;
  }

  @Override
  public Traffic traffic() {
    return counted().map(TrafficRows::of).orElse(Traffic.NONE);
  }

  @Override
  public Planes planes() {
    return planes;
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
    return revocations;
  }

  @Override
  public TlsStatus tls() {
    return tls;
  }

  @Override
  public ConfigCounts config() {
    return generation;
  }

  @Override
  public Instant time() {
    return time;
  }

  @Override
  public List<RefusedCount> overlayRefused() {
    return refused;
  }

  @Override
  public List<BfdCount> bfd() {
    return BfdMetricRows.sessions(bfd);
  }

  @Override
  public List<BfdUnmatched> bfdUnmatched() {
    return BfdMetricRows.unmatched(bfd);
  }

  @Override
  public List<QueueSize> queueSizes() {
    return queueSizes;
  }

  @Override
  public ControlSteps controlSteps() {
    return new ControlSteps(
        new DurationHistogram(steps.upperBoundsSeconds(), steps.counts(), steps.sumSeconds()),
        steps.longestSeconds());
  }

  @Override
  public long ingressUpdatesSent() {
    return updatesSent;
  }

  @Override
  public Map<String, ServiceSignal> serviceSignals() {
    return signals;
  }

  @Override
  public List<AuthorizationCount> authorizations() {
    return AuthorizationRows.of(edge.map(EdgeServer::authorizations).orElse(List.of()));
  }

  @Override
  public SortedMap<String, Boolean> maintenance() {
    return maintenance;
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

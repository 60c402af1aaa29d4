package io.landfall.edge.exchange;

import static java.util.Objects.requireNonNull;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.http.ResponseHead;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What the edge counts: striped adders that event loops add to, read only when somebody asks. */
public final class EdgeCounters {
  private static final long[] BOUNDS_MICROS = {
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000
  };

  final LongAdder retries = new LongAdder();
  public final LongAdder rejected = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder refusedRepeats = new LongAdder();
  final LongAdder openCircuits = new LongAdder();
  final LongAdder openedCircuits = new LongAdder();
  final LongAdder aborted = new LongAdder();
  public final LongAdder heldResets = new LongAdder();
  final LongAdder declinedAborters = new LongAdder();
  public final LongAdder floodedConnections = new LongAdder();
  public final LongAdder floodedBackends = new LongAdder();
  public final LongAdder http1Requests = new LongAdder();
  public final LongAdder http2Requests = new LongAdder();
  public final LongAdder http2Connections = new LongAdder();
  public final LongAdder stalledStreams = new LongAdder();
  public final LongAdder floodedClients = new LongAdder();
  public final LongAdder stalledConnections = new LongAdder();
  public final LongAdder clientConnections = new LongAdder();
  public final LongAdder inProgress = new LongAdder();
  final LongAdder openTunnels = new LongAdder();
  final LongAdder openedTunnels = new LongAdder();
  final LongAdder refusedTunnels = new LongAdder();
  final LongAdder idleTunnels = new LongAdder();
  final LongAdder brokenTunnels = new LongAdder();
  public final LongAdder turnedAwayTunnels = new LongAdder();
  final LongAdder droppedTrailers = new LongAdder();
  public final LongAdder crowdedClients = new LongAdder();
  final LongAdder queuedNow = new LongAdder();
  final LongAdder queued = new LongAdder();
  final LongAdder queueTimeouts = new LongAdder();

  // It never changes, so any thread may read it.
  private final Map<ProxyFault, LongAdder> proxyFaults = new EnumMap<>(ProxyFault.class);

  // Sorted, so that what is read from it has a fixed order. As many entries as services.
  private final Map<ServiceName, Map<Reason, LongAdder>> byService = new ConcurrentSkipListMap<>();
  private final Map<Reason, LongAdder> withoutService = reasons();
  private final Map<Reason.Outcome, Histogram> latencies = new EnumMap<>(Reason.Outcome.class);

  /** Durations of one outcome. */
  private static final class Histogram {
    private final LongAdder[] buckets = new LongAdder[BOUNDS_MICROS.length + 1];
    private final LongAdder sum = new LongAdder();

    Histogram() {
      for (int i = 0; i < buckets.length; i++) {
        buckets[i] = new LongAdder();
      }
    }

    void add(long micros) {
      int bucket = 0;
      while (bucket < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[bucket]) {
        bucket++;
      }
      buckets[bucket].increment();
      sum.add(micros);
    }
  }

  EdgeCounters() {
    for (Reason.Outcome outcome : Reason.Outcome.values()) {
      latencies.put(outcome, new Histogram());
    }
    for (ProxyFault fault : ProxyFault.values()) {
      proxyFaults.put(fault, new LongAdder());
    }
  }

  /** A request is over; how long a tunnel was open is no latency. */
  void finished(RequestLog log, long micros) {
    Optional<ServiceName> service = log.service;
    Map<Reason, LongAdder> counts = service.isPresent() ? of(service.get()) : withoutService;
    requireNonNull(counts.get(log.reason)).increment();
    if (log.status != ResponseHead.SWITCHING_PROTOCOLS) {
      requireNonNull(latencies.get(log.reason.outcome())).add(micros);
    }
  }

  /** A connection was closed for its PROXY header. */
  public void refused(ProxyFault fault) {
    requireNonNull(proxyFaults.get(fault)).increment();
  }

  private SortedMap<ProxyFault, Long> proxyFaults() {
    TreeMap<ProxyFault, Long> counts = new TreeMap<>();
    proxyFaults.forEach((fault, count) -> counts.put(fault, count.sum()));
    return counts;
  }

  private Map<Reason, LongAdder> of(ServiceName service) {
    Map<Reason, LongAdder> known = byService.get(service);
    return known != null ? known : byService.computeIfAbsent(service, s -> reasons());
  }

  /** What was counted up to now; not all at one moment. */
  public EdgeStats read() {
    List<EdgeStats.DecisionCount> decisions = new ArrayList<>();
    collect(Optional.empty(), withoutService, decisions);
    byService.forEach((service, counts) -> collect(Optional.of(service), counts, decisions));
    List<EdgeStats.Latency> histograms = new ArrayList<>();
    List<Long> bounds = new ArrayList<>();
    for (long bound : BOUNDS_MICROS) {
      bounds.add(bound);
    }
    latencies.forEach(
        (outcome, histogram) -> {
          List<Long> counts = new ArrayList<>();
          for (LongAdder bucket : histogram.buckets) {
            counts.add(bucket.sum());
          }
          histograms.add(new EdgeStats.Latency(outcome, bounds, counts, histogram.sum.sum()));
        });
    return new EdgeStats(
        decisions,
        histograms,
        new EdgeStats.Attempts(
            retries.sum(),
            failures.sum(),
            refusedRepeats.sum(),
            openCircuits.sum(),
            openedCircuits.sum()),
        rejected.sum(),
        aborted.sum(),
        new EdgeStats.Defences(
            heldResets.sum(),
            declinedAborters.sum(),
            floodedConnections.sum(),
            stalledConnections.sum(),
            droppedTrailers.sum(),
            floodedBackends.sum(),
            crowdedClients.sum(),
            new EdgeStats.Queued(queuedNow.sum(), queued.sum(), queueTimeouts.sum())),
        new EdgeStats.Clients(
            clientConnections.sum(),
            http1Requests.sum(),
            http2Requests.sum(),
            http2Connections.sum(),
            floodedClients.sum(),
            stalledStreams.sum(),
            new EdgeStats.Tunnels(
                openTunnels.sum(),
                openedTunnels.sum(),
                refusedTunnels.sum(),
                idleTunnels.sum(),
                brokenTunnels.sum(),
                turnedAwayTunnels.sum()),
            proxyFaults()),
        inProgress.sum());
  }

  private static void collect(
      Optional<ServiceName> service,
      Map<Reason, LongAdder> counts,
      List<EdgeStats.DecisionCount> decisions) {
    counts.forEach(
        (reason, adder) -> {
          long count = adder.sum();
          if (count > 0) {
            decisions.add(new EdgeStats.DecisionCount(service, reason, count));
          }
        });
  }

  /** An adder for every reason; the map itself never changes, so any thread may read it. */
  private static Map<Reason, LongAdder> reasons() {
    Map<Reason, LongAdder> made = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      made.put(reason, new LongAdder());
    }
    return made;
  }
}

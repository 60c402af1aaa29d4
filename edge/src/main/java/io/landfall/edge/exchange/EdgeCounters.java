package io.landfall.edge.exchange;

import static java.util.Objects.requireNonNull;

import io.landfall.edge.EdgeStats;
import io.landfall.edge.ProxyFault;
import io.landfall.edge.http.HttpViolation;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the edge counts beside requests ({@link LoopTraffic}): striped adders that event loops add
 * to, read only when somebody asks.
 */
public final class EdgeCounters {
  final LongAdder retries = new LongAdder();
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
  public final LongAdder crowdedStreams = new LongAdder();
  public final LongAdder returnedToNodes = new LongAdder();
  public final LongAdder connectionsWithoutPlace = new LongAdder();
  public final LongAdder connectionsThatMadeRoom = new LongAdder();

  // It never changes, so any thread may read it.
  private final Map<ProxyFault, LongAdder> proxyFaults = new EnumMap<>(ProxyFault.class);
  private final Map<HttpViolation, LongAdder> violations = new EnumMap<>(HttpViolation.class);

  EdgeCounters() {
    for (HttpViolation rule : HttpViolation.values()) {
      violations.put(rule, new LongAdder());
    }
    for (ProxyFault fault : ProxyFault.values()) {
      proxyFaults.put(fault, new LongAdder());
    }
  }

  /** A connection was closed for its PROXY header. */
  public void refused(ProxyFault fault) {
    requireNonNull(proxyFaults.get(fault)).increment();
  }

  /** The gate refused a request by this rule. */
  public void refused(HttpViolation rule) {
    requireNonNull(violations.get(rule)).increment();
  }

  private EdgeStats.Refused refused() {
    TreeMap<String, Long> requests = new TreeMap<>();
    violations.forEach((rule, count) -> requests.put(rule.name(), count.sum()));
    requests.put(EdgeStats.Refused.TOO_MANY_STREAMS, crowdedStreams.sum());
    requests.put(EdgeStats.Refused.RETURNED_TO_NODE, returnedToNodes.sum());
    return new EdgeStats.Refused(
        requests, connectionsWithoutPlace.sum(), connectionsThatMadeRoom.sum());
  }

  private SortedMap<ProxyFault, Long> proxyFaults() {
    TreeMap<ProxyFault, Long> counts = new TreeMap<>();
    proxyFaults.forEach((fault, count) -> counts.put(fault, count.sum()));
    return counts;
  }

  /** What was counted up to now; not all at one moment. */
  public EdgeStats read() {
    return new EdgeStats(
        new EdgeStats.Attempts(
            retries.sum(),
            failures.sum(),
            refusedRepeats.sum(),
            openCircuits.sum(),
            openedCircuits.sum()),
        refused(),
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
}

package io.landfall.edge.h2;

import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.loop.EdgeLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The connections on which one event loop forwards requests to other nodes. */
public final class ForwardPools {
  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final H2Failures failures = new H2Failures();
  // As many as other nodes.
  private final Map<HostAddress, NodePool> pools = new LinkedHashMap<>();

  /** No connection yet, on a loop of an edge. */
  public ForwardPools(EdgeLoop loop, EdgeRuntime runtime) {
    this.loop = loop;
    this.runtime = runtime;
  }

  NodePool of(Candidate candidate) {
    return pools.computeIfAbsent(candidate.identity(), i -> new NodePool(loop, runtime, failures));
  }

  /** An attempt on another node, not started. */
  public Attempt attempt(Exchange exchange, ServiceName service, Candidate candidate) {
    return new H2Attempt(
        exchange,
        new NodePlace(exchange, service, candidate, this),
        loop,
        H2Profile.NODE,
        runtime.settings().limits());
  }

  /** Sends no further request on the connections to a node. */
  public void peerLeft(HostAddress identity) {
    NodePool pool = pools.get(identity);
    if (pool != null) {
      pool.retireAll();
    }
  }

  /** Closes the connections for forwarding to a node. */
  public void peerLost(HostAddress identity) {
    NodePool pool = pools.get(identity);
    if (pool != null) {
      pool.closeAll();
    }
  }

  /** Ends what has waited too long. */
  public void tick(long nowNanos) {
    // A copy: what waits too long for one may go to another, whose pool is made then.
    for (Map.Entry<HostAddress, NodePool> each : List.copyOf(pools.entrySet())) {
      if (each.getValue().tick(nowNanos)) {
        pools.remove(each.getKey());
      }
    }
  }
}

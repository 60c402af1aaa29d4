package io.landfall.edge.h2;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.decision.Route;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import java.util.Optional;

/**
 * Another node, for one request. Whether the node is well is the adjacency's business, and not
 * guessed from what its requests meet.
 *
 * @param exchange the request
 * @param service what it is for
 * @param candidate the node
 * @param pools the connections of the event loop to nodes
 */
record NodePlace(Exchange exchange, ServiceName service, Candidate candidate, ForwardPools pools)
    implements H2Place {
  @Override
  public Object place() {
    return candidate.identity();
  }

  @Override
  public String name() {
    return candidate.node().value();
  }

  @Override
  public String nextHop() {
    return candidate.node().value();
  }

  @Override
  public boolean isForward() {
    return true;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    Optional<Route> route =
        snapshot.view().route(exchange.request().host(), exchange.request().routingTarget());
    return route.isPresent()
        && route.get().service().name().equals(service)
        && route.get().isWorthWaitingFor(candidate.identity());
  }

  @Override
  public void start(H2Attempt attempt) {
    pools.of(candidate).start(attempt, candidate);
  }

  @Override
  public void forget(H2Attempt attempt) {
    pools.of(candidate).forget(attempt);
  }

  @Override
  public void timedOut(H2Attempt attempt) {
    // See above.
  }

  @Override
  public AttemptFailure judge(AttemptFailure failure, StreamEnd end, boolean used) {
    return failure;
  }
}

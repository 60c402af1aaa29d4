package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.edge.OriginPlace;

/**
 * The places that one event loop can send requests to, whatever protocol is spoken there. None of
 * the attempts that it makes is started.
 */
public interface Destinations {
  /** The backend at a place. */
  Origin origin(OriginPlace place);

  /** An attempt on another node. */
  Attempt node(Exchange exchange, ServiceName service, Candidate candidate);

  /** One backend beside this node. */
  interface Origin {
    /** Requests of this event loop that are in progress there. */
    int busy();

    /** An attempt on it. */
    Attempt attempt(Exchange exchange, ServiceName service);

    /** An attempt on it that no pooled connection carries. */
    Attempt attemptOnNewConnection(Exchange exchange, ServiceName service);
  }
}

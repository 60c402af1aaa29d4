package io.landfall.edge.exchange;

import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.ServiceView;
import io.landfall.edge.http.RequestHead;
import java.util.Optional;
import java.util.Set;

/** What is recorded of one request once it is over: for the counters and for {@code show}. */
final class RequestLog {
  private final RequestHead request;
  private final Arrival arrival;
  private final Clock clock;
  private final long startNanos;

  Optional<ServiceName> service = Optional.empty();
  Reason reason = Reason.UNKNOWN_HOST;
  String target = "";
  int status;
  int attempts;

  RequestLog(RequestHead request, Arrival arrival, Clock clock) {
    this.clock = clock;
    this.startNanos = clock.monotonicNanos();
    this.request = request;
    this.arrival = arrival;
  }

  boolean isOfOne(Set<ServiceName> services) {
    return service.isPresent() && services.contains(service.get());
  }

  /** Decision was asked; the service is recorded whatever comes of it. */
  Decision decided(Decision decision) {
    service =
        switch (decision) {
          case Serve serve -> Optional.of(serve.service().name());
          case Forward forward -> Optional.of(forward.service().name());
          case Decline decline -> decline.service().map(ServiceView::name);
        };
    return decision;
  }

  /** The head, as it was received. */
  RequestHead request() {
    return request;
  }

  /** Who brought it. */
  Arrival arrival() {
    return arrival;
  }

  /** Microseconds since it arrived. */
  long micros() {
    return (clock.monotonicNanos() - startNanos) / 1000;
  }
}

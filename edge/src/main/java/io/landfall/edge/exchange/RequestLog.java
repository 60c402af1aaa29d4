package io.landfall.edge.exchange;

import static java.util.Objects.requireNonNull;

import io.landfall.core.Clock;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Decision;
import io.landfall.decision.Decision.Decline;
import io.landfall.decision.Decision.Forward;
import io.landfall.decision.Decision.Serve;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.decision.Route;
import io.landfall.decision.ServiceView;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /** Bytes of the response's body that were handed to the client's connection. */
  long sentBytes;

  /** Bytes of the request's body that arrived. */
  long receivedBytes;

  /** Microseconds from its arrival to the head of its response; -1 without one. */
  long headMicros = -1;

  /** What of the cache was sent (RFC 9211); null for nothing. */
  @Nullable CharSequence cacheStatus;

  /** How it came; null unless the access log is to have it. */
  private @Nullable Arrived detailed;

  RequestLog(RequestHead request, Arrival arrival, Clock clock) {
    this.clock = clock;
    this.startNanos = clock.monotonicNanos();
    this.request = request;
    this.arrival = arrival;
  }

  boolean isOfOne(Set<ServiceName> services) {
    return service.isPresent() && services.contains(service.get());
  }

  /** Whether the last decision was for another service than that of a route. */
  boolean isOfOther(Optional<Route> route) {
    return service.isPresent()
        && route.isPresent()
        && !service.get().equals(route.get().service().name());
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

  /** An attempt begins that was chosen for a decision. */
  void begun(Attempt chosen, Decision decision) {
    target = chosen.name();
    reason = chosen.triesNoPlace() ? decision.reason() : reasonOf(chosen, decision);
  }

  /** Why the request goes where it goes, which differs from the decision once places failed. */
  private static Reason reasonOf(Attempt chosen, Decision decision) {
    return switch (decision) {
      case Serve serve when chosen.isForward() -> Reason.REMOTE_UP;
      case Forward forward when !chosen.isForward() ->
          forward.service().local() == Signal.COLD ? Reason.LOCAL_COLD : Reason.LOCAL_DRAINING;
      case Serve serve -> serve.reason();
      case Forward forward -> forward.reason();
      case Decline decline -> decline.reason();
    };
  }

  /** The head, as it was received. */
  RequestHead request() {
    return request;
  }

  /** Who brought it. */
  Arrival arrival() {
    return arrival;
  }

  /** How it came, for the access log. */
  Arrived arrived() {
    return requireNonNull(detailed);
  }

  /** What only the access log has is wanted too. */
  void detailed(Arrived arrived) {
    detailed = arrived;
  }

  /** The head of the response is about to be sent. */
  void head(int code, FieldLines fields) {
    status = code;
    if (detailed == null) {
      return;
    }
    headMicros = micros();
    for (int i = fields.size() - 1; i >= 0 && cacheStatus == null; i--) {
      if (fields.name(i).equals(FieldNames.CACHE_STATUS)) {
        cacheStatus = fields.value(i);
      }
    }
  }

  /** Microseconds since it arrived. */
  long micros() {
    return (clock.monotonicNanos() - startNanos) / 1000;
  }
}

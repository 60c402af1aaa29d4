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
import io.landfall.edge.ResultClass;
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

  /** How it was cut off; null if its end is its status. */
  @Nullable ResultClass cut;

  /** Where it is counted; null for one of the cache's own, of which only attempts are. */
  private @Nullable LoopTraffic traffic;

  /** The service that has it in progress; null before it has begun. */
  private @Nullable ServiceTraffic entered;

  // Of the attempt that has begun last; without a place when that is over.
  private @Nullable PlaceTraffic place;
  private long attemptMicros;
  private long answeredMicros;
  private @Nullable ResultClass attemptResult;

  /** How it came; null unless the access log is to have it. */
  private @Nullable Arrived detailed;

  /** The attempt that began last, of a request that has an id. */
  private @Nullable AttemptLog tried;

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
    enterService();
    return decision;
  }

  /** It waits for an answer of the authorization service of its service, which has it from now. */
  void asks(ServiceName of, String name) {
    service = Optional.of(of);
    target = name;
    enterService();
  }

  private void enterService() {
    ServiceTraffic before = entered;
    if (before != null) {
      enter(before);
    }
  }

  /** It begins, and is counted there; of one of the cache's own only the attempts are. */
  void begun(LoopTraffic traffic, boolean isFill) {
    this.traffic = traffic;
    if (!isFill) {
      ServiceTraffic first = traffic.of(service);
      first.enter();
      entered = first;
    }
  }

  private void enter(ServiceTraffic before) {
    // Not by what there is of its service now: that may have left the config meanwhile.
    if (!before.isOf(service)) {
      ServiceTraffic now = requireNonNull(traffic).of(service);
      before.leave();
      now.enter();
      entered = now;
    }
  }

  /** It is over, after so long. */
  void over(long micros) {
    ServiceTraffic before = entered;
    if (before != null) {
      // The answer of a rule has a service that was not decided on.
      enter(before);
      ServiceTraffic last = requireNonNull(entered);
      entered = null;
      last.leave();
      last.finished(this, micros);
    }
  }

  /** How it ended; without a response the client has left. */
  ResultClass result() {
    ResultClass how = cut;
    if (how != null) {
      return how;
    }
    if (reason == Reason.MAINTENANCE) {
      return ResultClass.MAINTENANCE;
    }
    return status == 0 ? ResultClass.CLIENT_CLOSED : ResultClass.ofStatus(status);
  }

  /** An attempt on a place begins. */
  void attemptBegun(Attempt attempt) {
    RequestTrace trace = detailed == null ? null : detailed.trace();
    if (trace != null) {
      tried = new AttemptLog(attempt, micros(), trace.nextSpan(), tried);
    }
    LoopTraffic all = traffic;
    if (all != null) {
      place = all.of(service, attempt);
      attemptMicros = micros();
      answeredMicros = -1;
      attemptResult = null;
    }
  }

  /** The head of a final response has come, if an attempt on a place is under way. */
  void attemptAnswered(int code) {
    if (place != null) {
      answeredMicros = micros();
      attemptResult = ResultClass.ofStatus(code);
      AttemptLog current = tried;
      if (current != null) {
        current.answeredMicros = answeredMicros;
        current.status = code;
      }
    }
  }

  /** The attempt under way failed. A pooled connection that had ended says nothing of its place. */
  void attemptFailed(AttemptFailure failure) {
    AttemptLog current = tried;
    if (current != null && current.endedMicros < 0) {
      current.failure = failure.kind();
    }
    if (failure.kind() == FailureKind.DECLINED) {
      attemptResult = ResultClass.DECLINED;
    } else if (failure.kind() != FailureKind.STALE_CONNECTION && !failure.blameless()) {
      attemptResult = ResultClass.FAILED;
    }
  }

  /** The attempt that began last is over, if it is not yet. */
  void attemptOver() {
    AttemptLog current = tried;
    if (current != null && current.endedMicros < 0) {
      current.endedMicros = micros();
    }
    PlaceTraffic at = place;
    if (at != null) {
      place = null;
      ResultClass how = attemptResult;
      at.ended(
          how == null ? ResultClass.GIVEN_UP : how,
          answeredMicros < 0 ? -1 : answeredMicros - attemptMicros);
    }
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

  /** Whether how it came is known here. */
  boolean isDetailed() {
    return detailed != null;
  }

  /** How it came, for the access log. */
  Arrived arrived() {
    return requireNonNull(detailed);
  }

  /** What only the access log has is wanted too. */
  void detailed(Arrived arrived) {
    detailed = arrived;
  }

  /** The attempt that began last; null if there was none, or the request has no id. */
  @Nullable AttemptLog tried() {
    return tried;
  }

  /** The head of the response is about to be sent. */
  void head(int code, FieldLines fields) {
    status = code;
    headMicros = micros();
    if (detailed == null) {
      return;
    }
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

  /** The monotonic time so long after its arrival. */
  long nanosAfter(long micros) {
    return startNanos + micros * 1000;
  }
}

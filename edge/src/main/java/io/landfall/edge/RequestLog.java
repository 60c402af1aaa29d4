package io.landfall.edge;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import java.util.Optional;
import java.util.Set;

/** What is to be told of one request once it is over: for the counters and for {@code show}. */
final class RequestLog {
  private final RequestHead request;
  private final Arrival arrival;
  private final long startNanos = System.nanoTime();

  Optional<ServiceName> service = Optional.empty();
  Reason reason = Reason.UNKNOWN_HOST;
  String target = "";
  int status;
  int attempts;

  RequestLog(RequestHead request, Arrival arrival) {
    this.request = request;
    this.arrival = arrival;
  }

  boolean isOfOne(Set<ServiceName> services) {
    return service.isPresent() && services.contains(service.get());
  }

  /** The request is over. */
  void write(EventLoopState loop) {
    long micros = (System.nanoTime() - startNanos) / 1000;
    String path = request.target();
    boolean tooLong = path.length() > DecisionRecord.MAX_PATH;
    loop.counters().finished(service, reason, micros);
    loop.recent()
        .add(
            new DecisionRecord(
                System.currentTimeMillis(),
                arrival,
                request.method().name().toString(),
                request.host(),
                tooLong ? path.substring(0, DecisionRecord.MAX_PATH) : path,
                service,
                reason,
                target,
                status,
                attempts,
                micros));
  }
}

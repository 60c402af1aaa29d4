package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.decision.RequestFacts.Arrival;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.ResultClass;
import io.landfall.edge.http.ResponseHead;
import io.landfall.edge.http.TcpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What one event loop counts of the requests of one service: it adds, any thread may read. */
@SuppressWarnings("EnumOrdinal") // Places of counters in memory; nothing keeps or sends them.
final class ServiceTraffic {
  private static final int RECEIVED = 0;
  private static final int SENT = 1;
  private static final int IN_PROGRESS = 2;
  private static final int CLASSES = ResultClass.values().length;
  private static final int OUTCOMES = Reason.Outcome.values().length;

  private final LoopDurations[] durations = new LoopDurations[OUTCOMES];
  private final LoopCounters results = new LoopCounters(OUTCOMES * CLASSES);
  private final LoopCounters resultsForNodes = new LoopCounters(OUTCOMES * CLASSES);
  private final LoopCounters reasons = new LoopCounters(Reason.values().length);
  private final LoopDurations firstByte = new LoopDurations();
  private final LoopCounters other = new LoopCounters(IN_PROGRESS + 1);

  /** As many as backends; those that are no longer configured are removed. */
  private final Map<OriginPlace, PlaceTraffic> backends = new ConcurrentHashMap<>();

  private final Optional<ServiceName> name;

  ServiceTraffic(Optional<ServiceName> name) {
    this.name = name;
    for (int i = 0; i < OUTCOMES; i++) {
      durations[i] = new LoopDurations();
    }
  }

  /** Whether it is that of this service, or of none. */
  boolean isOf(Optional<ServiceName> service) {
    return name.equals(service);
  }

  /** A request has come to the service. */
  void enter() {
    other.add(IN_PROGRESS, 1);
  }

  /** A request is no longer the service's. */
  void leave() {
    other.add(IN_PROGRESS, -1);
  }

  /** A request of the service is over; how long a tunnel was open is no latency. */
  void finished(RequestLog log, long micros) {
    int outcome = log.reason.outcome().ordinal();
    reasons.add(log.reason.ordinal(), 1);
    boolean forNode = log.arrival() == Arrival.NODE;
    (forNode ? resultsForNodes : results).add(outcome * CLASSES + log.result().ordinal(), 1);
    other.add(RECEIVED, log.receivedBytes);
    other.add(SENT, log.sentBytes);
    boolean isTunnel =
        log.status == ResponseHead.SWITCHING_PROTOCOLS || TcpRequest.is(log.request());
    // Of another node's request that node measures the whole.
    if (!isTunnel && !forNode) {
      durations[outcome].add(micros);
      if (log.headMicros >= 0) {
        firstByte.add(log.headMicros);
      }
    }
  }

  /** The counts of one of its backends. */
  PlaceTraffic backend(OriginPlace place, String name) {
    PlaceTraffic known = backends.get(place);
    return known != null ? known : backends.computeIfAbsent(place, at -> new PlaceTraffic(name));
  }

  /** The counts of one of its backends; null if it had no request on this event loop. */
  @Nullable PlaceTraffic backendIfAny(OriginPlace place) {
    return backends.get(place);
  }

  /** The service is hosted so now; null for not at all. */
  void hosted(@Nullable HostedService service) {
    backends.keySet().removeIf(place -> service == null || service.at(place) == null);
  }

  LoopDurations durations(Reason.Outcome outcome) {
    return durations[outcome.ordinal()];
  }

  LoopDurations firstByte() {
    return firstByte;
  }

  long result(Reason.Outcome outcome, ResultClass result) {
    return results.get(outcome.ordinal() * CLASSES + result.ordinal());
  }

  long resultForNodes(Reason.Outcome outcome, ResultClass result) {
    return resultsForNodes.get(outcome.ordinal() * CLASSES + result.ordinal());
  }

  long reason(Reason reason) {
    return reasons.get(reason.ordinal());
  }

  long receivedBytes() {
    return other.get(RECEIVED);
  }

  long sentBytes() {
    return other.get(SENT);
  }

  long inProgress() {
    return other.get(IN_PROGRESS);
  }
}

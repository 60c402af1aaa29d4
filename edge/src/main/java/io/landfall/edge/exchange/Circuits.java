package io.landfall.edge.exchange;

import io.landfall.core.Addresses;
import io.landfall.core.ServiceName;
import io.landfall.edge.CircuitRules;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuits of one service's backends, for all event loops. They do not change the service's
 * signal: that is for its probes and for those who advertise it, and there are always addresses
 * left.
 */
final class Circuits {
  private static final Logger LOG = LoggerFactory.getLogger("landfall.edge");

  private final ServiceName service;
  private final EdgeCounters counters;

  // As many as addresses of backends, but for those that are gone.
  private final Map<OriginPlace, Circuit> all = new ConcurrentHashMap<>();

  Circuits(ServiceName service, EdgeCounters counters) {
    this.service = service;
    this.counters = counters;
  }

  /** That of a backend of the service as it is hosted now. */
  Circuit of(OriginServer backend, HostedService hosted) {
    Circuit known = all.get(backend.place());
    if (known != null) {
      return known;
    }
    if (all.size() > hosted.backends().size()) {
      // Names of backends have had other addresses.
      keepOnly(hosted);
    }
    return all.computeIfAbsent(backend.place(), at -> new Circuit());
  }

  /** Whether a backend may get a request now. */
  boolean takes(OriginServer backend, long nowNanos) {
    Circuit known = all.get(backend.place());
    return known == null || known.takes(nowNanos);
  }

  /**
   * Whether there are backends that take requests, and each is out: then none counts as out.
   *
   * @param may which backends a request may have at all
   */
  boolean areAllOut(HostedService hosted, long nowNanos, Predicate<OriginServer> may) {
    boolean some = false;
    for (OriginServer backend : hosted.backends()) {
      if (backend.takesRequests() && may.test(backend)) {
        some = true;
        if (takes(backend, nowNanos)) {
          return false;
        }
      }
    }
    return some;
  }

  /** The addresses that are out now. */
  List<InetSocketAddress> open() {
    List<InetSocketAddress> open = new ArrayList<>();
    all.forEach(
        (place, circuit) -> {
          if (circuit.isOpen()) {
            open.add(place.address());
          }
        });
    return open;
  }

  /** A request to a backend has got a response that is no failure. */
  void answered(OriginServer backend, Circuit circuit, boolean trial) {
    if (trial ? closes(backend, circuit) : circuit.answered(false)) {
      LOG.atInfo()
          .addKeyValue("service", service)
          .addKeyValue("backend", Addresses.format(backend.address()))
          .log("the backend gets requests again: one on trial was answered");
    }
  }

  /** A trial was answered; whether that closes a circuit that is still one of the service. */
  private synchronized boolean closes(OriginServer backend, Circuit circuit) {
    boolean closed = circuit.answered(true) && circuit.equals(all.get(backend.place()));
    if (closed) {
      counters.openCircuits.decrement();
    }
    return closed;
  }

  /** A request to a backend of the service, as it was hosted then, failed. */
  void failed(Failed failed, CircuitRules rules, long nowNanos, HostedService hosted) {
    if (failed.circuit().failed(failed.trial(), rules)) {
      open(failed, rules, nowNanos, hosted);
    }
  }

  /**
   * A request that failed.
   *
   * @param backend where
   * @param circuit the circuit of that
   * @param trial whether it was sent on trial
   * @param why how it failed
   */
  record Failed(OriginServer backend, Circuit circuit, boolean trial, String why) {}

  /** Never more than the rules have, so loops do this one after the other: it is rare. */
  private synchronized void open(
      Failed failed, CircuitRules rules, long nowNanos, HostedService hosted) {
    Circuit circuit = failed.circuit();
    boolean again = circuit.isOpen();
    boolean isKnown = circuit.equals(all.get(failed.backend().place()));
    if (!isKnown
        || again != failed.trial()
        || !(again || mayOpen(failed.backend(), rules, hosted))) {
      circuit.unknown(failed.trial());
      return;
    }
    circuit.open(rules, nowNanos);
    counters.openedCircuits.increment();
    if (!again) {
      counters.openCircuits.increment();
    }
    LOG.atWarn()
        .addKeyValue("service", service)
        .addKeyValue("backend", Addresses.format(failed.backend().address()))
        .addKeyValue("why", failed.why())
        .log("the backend gets no requests for a while: its requests failed one after the other");
  }

  /**
   * Whether one more may be left out. One for requests of any kind is one of those alone: what is
   * kept for some requests stands in for none of them.
   */
  private boolean mayOpen(OriginServer failed, CircuitRules rules, HostedService hosted) {
    boolean isForAny = failed.traits().only().isEmpty();
    int takers = 0;
    int out = 0;
    for (OriginServer backend : hosted.backends()) {
      if (backend.takesRequests() && (!isForAny || backend.traits().only().isEmpty())) {
        takers++;
        Circuit known = all.get(backend.place());
        out += known != null && known.isOpen() ? 1 : 0;
      }
    }
    return 100L * (out + 1) <= (long) rules.maxOpenPercent() * takers;
  }

  /** The service is hosted otherwise, or not at all: without circuits nothing is left out. */
  void hosted(@Nullable HostedService now) {
    keepOnly(now == null || now.rules().circuit().isEmpty() ? HostedService.NOWHERE : now);
  }

  /** Forgets addresses where no backend is any more. */
  private synchronized void keepOnly(HostedService hosted) {
    all.forEach(
        (place, circuit) -> {
          if (hosted.at(place) == null && all.remove(place, circuit) && circuit.isOpen()) {
            counters.openCircuits.decrement();
          }
        });
  }
}

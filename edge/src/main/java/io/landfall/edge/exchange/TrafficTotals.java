package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.decision.Reason;
import io.landfall.decision.Route;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.ResultClass;
import io.landfall.edge.TrafficStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Adds up what event loops have counted of requests; on the thread that asks. */
public final class TrafficTotals {
  private static final List<Long> BOUNDS = boundsMicros();

  private TrafficTotals() {}

  /**
   * All of it.
   *
   * @param loops what each event loop has counted
   * @param snapshot the backends there are
   */
  public static TrafficStats of(Collection<LoopTraffic> loops, EdgeSnapshot snapshot) {
    List<TrafficStats.OfService> services = new ArrayList<>();
    services.add(
        service(Optional.empty(), loops.stream().map(LoopTraffic::withoutService).toList()));
    TreeSet<ServiceName> names = new TreeSet<>();
    loops.forEach(loop -> names.addAll(loop.services()));
    for (ServiceName name : names) {
      services.add(service(Optional.of(name), of(loops, name)));
    }
    return new TrafficStats(services, nodes(loops), backends(loops, snapshot));
  }

  private static List<ServiceTraffic> of(Collection<LoopTraffic> loops, ServiceName name) {
    List<ServiceTraffic> found = new ArrayList<>();
    for (LoopTraffic loop : loops) {
      ServiceTraffic known = loop.ofKnown(name);
      if (known != null) {
        found.add(known);
      }
    }
    return found;
  }

  private static TrafficStats.OfService service(
      Optional<ServiceName> name, List<ServiceTraffic> all) {
    TreeMap<Reason.Outcome, TrafficStats.OfOutcome> outcomes = new TreeMap<>();
    for (Reason.Outcome outcome : Reason.Outcome.values()) {
      TreeMap<ResultClass, Long> results = new TreeMap<>();
      TreeMap<ResultClass, Long> forNodes = new TreeMap<>();
      for (ResultClass each : ResultClass.values()) {
        put(results, each, all.stream().mapToLong(of -> of.result(outcome, each)).sum());
        put(forNodes, each, all.stream().mapToLong(of -> of.resultForNodes(outcome, each)).sum());
      }
      if (!results.isEmpty() || !forNodes.isEmpty()) {
        outcomes.put(
            outcome,
            new TrafficStats.OfOutcome(
                durations(all.stream().map(of -> of.durations(outcome)).toList()),
                results,
                forNodes));
      }
    }
    TreeMap<Reason, Long> reasons = new TreeMap<>();
    for (Reason reason : Reason.values()) {
      put(reasons, reason, all.stream().mapToLong(of -> of.reason(reason)).sum());
    }
    return new TrafficStats.OfService(
        name,
        outcomes,
        reasons,
        durations(all.stream().map(ServiceTraffic::firstByte).toList()),
        new TrafficStats.Bytes(
            all.stream().mapToLong(ServiceTraffic::receivedBytes).sum(),
            all.stream().mapToLong(ServiceTraffic::sentBytes).sum()),
        // Loops are read one after the other, so what moves between them can be missed.
        Math.max(0, all.stream().mapToLong(ServiceTraffic::inProgress).sum()));
  }

  private static List<TrafficStats.OfNode> nodes(Collection<LoopTraffic> loops) {
    TreeMap<String, List<PlaceTraffic>> byName = new TreeMap<>();
    for (LoopTraffic loop : loops) {
      loop.nodes().forEach(each -> place(byName, each));
      place(byName, loop.otherNodes());
    }
    List<TrafficStats.OfNode> nodes = new ArrayList<>();
    for (Map.Entry<String, List<PlaceTraffic>> each : byName.entrySet()) {
      TrafficStats.Attempts attempts = attempts(each.getValue());
      if (!attempts.results().isEmpty()) {
        nodes.add(new TrafficStats.OfNode(each.getKey(), attempts));
      }
    }
    return nodes;
  }

  private static void place(Map<String, List<PlaceTraffic>> byName, PlaceTraffic each) {
    byName.computeIfAbsent(each.name(), name -> new ArrayList<>()).add(each);
  }

  private static List<TrafficStats.OfBackend> backends(
      Collection<LoopTraffic> loops, EdgeSnapshot snapshot) {
    TreeMap<ServiceName, HostedService> hosted = new TreeMap<>();
    for (Route route : snapshot.view().routes()) {
      ServiceName name = route.service().name();
      HostedService local = snapshot.local(name);
      if (local != null) {
        hosted.put(name, local);
      }
    }
    List<TrafficStats.OfBackend> all = new ArrayList<>();
    hosted.forEach((name, service) -> backends(name, service, of(loops, name), all));
    return all;
  }

  /** An address that is configured twice, for requests of different kinds say, is one backend. */
  private static void backends(
      ServiceName name,
      HostedService service,
      List<ServiceTraffic> counted,
      List<TrafficStats.OfBackend> all) {
    TreeMap<String, List<PlaceTraffic>> byAddress = new TreeMap<>();
    TreeMap<String, Boolean> up = new TreeMap<>();
    for (OriginServer backend : service.backends()) {
      String address = SocketText.of(backend.address());
      up.merge(address, backend.healthy(), (one, other) -> one && other);
      List<PlaceTraffic> places = byAddress.computeIfAbsent(address, at -> new ArrayList<>());
      for (ServiceTraffic of : counted) {
        PlaceTraffic place = of.backendIfAny(backend.place());
        if (place != null && !places.contains(place)) {
          places.add(place);
        }
      }
    }
    byAddress.forEach(
        (address, places) ->
            all.add(
                new TrafficStats.OfBackend(
                    name, address, up.getOrDefault(address, false), attempts(places))));
  }

  private static TrafficStats.Attempts attempts(List<PlaceTraffic> places) {
    TreeMap<ResultClass, Long> results = new TreeMap<>();
    for (ResultClass each : ResultClass.values()) {
      put(results, each, places.stream().mapToLong(place -> place.result(each)).sum());
    }
    return new TrafficStats.Attempts(
        durations(places.stream().map(PlaceTraffic::firstByte).toList()), results);
  }

  private static <K> void put(SortedMap<K, Long> counts, K of, long count) {
    if (count > 0) {
      counts.put(of, count);
    }
  }

  private static TrafficStats.Durations durations(List<LoopDurations> all) {
    LoopDurations.Sum sum = new LoopDurations.Sum();
    all.forEach(each -> each.addTo(sum));
    TreeMap<Integer, Long> nativeCounts = new TreeMap<>();
    for (int i = 0; i < LoopDurations.Sum.nativeBuckets(); i++) {
      put(nativeCounts, LoopDurations.Sum.nativeNumber(i), sum.nativeCount(i));
    }
    return new TrafficStats.Durations(
        BOUNDS, Arrays.stream(sum.classic).boxed().toList(), sum.micros, nativeCounts);
  }

  private static List<Long> boundsMicros() {
    List<Long> bounds = new ArrayList<>();
    for (int i = 0; i < LoopDurations.bounds(); i++) {
      bounds.add(LoopDurations.bound(i));
    }
    return bounds;
  }
}

package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.TrafficStats;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts of requests, by service, backend and node. There are as many entries
 * as the config has services and backends, and as the overlay has nodes: nothing that a client
 * sends makes one. The event loop adds, any thread may read.
 */
public final class LoopTraffic {
  /** The most nodes that are counted each by itself. */
  static final int MOST_NODES = 1_000;

  private final ServiceTraffic withoutService = new ServiceTraffic(Optional.empty());
  private final Map<ServiceName, ServiceTraffic> services = new ConcurrentHashMap<>();
  private final Map<Object, PlaceTraffic> nodes = new ConcurrentHashMap<>();
  private final PlaceTraffic otherNodes = new PlaceTraffic(TrafficStats.OTHER);

  /** That of a service, or of requests that no service answers for. */
  ServiceTraffic of(Optional<ServiceName> service) {
    if (service.isEmpty()) {
      return withoutService;
    }
    ServiceTraffic known = services.get(service.get());
    return known != null
        ? known
        : services.computeIfAbsent(service.get(), name -> new ServiceTraffic(service));
  }

  /** That of the place of an attempt, which belongs to a request of that service. */
  PlaceTraffic of(Optional<ServiceName> service, Attempt attempt) {
    return !attempt.isForward() && attempt.place() instanceof OriginPlace place
        ? of(service).backend(place, attempt.name())
        : node(attempt.place(), attempt.name());
  }

  /** That of a node; beyond {@link #MOST_NODES} one for all others. */
  PlaceTraffic node(Object identity, String name) {
    PlaceTraffic known = nodes.get(identity);
    if (known != null) {
      return known;
    }
    return nodes.size() < MOST_NODES
        ? nodes.computeIfAbsent(identity, at -> new PlaceTraffic(name))
        : otherNodes;
  }

  /** These services are hosted otherwise: counts of backends that are gone are dropped. */
  void hosted(EdgeSnapshot snapshot, Set<ServiceName> changed) {
    for (ServiceName service : changed) {
      ServiceTraffic known = services.get(service);
      if (known != null) {
        known.hosted(snapshot.local(service));
      }
    }
  }

  /** These services have left the config: their counts are dropped. */
  void gone(Set<ServiceName> left) {
    left.forEach(services::remove);
  }

  ServiceTraffic withoutService() {
    return withoutService;
  }

  Set<ServiceName> services() {
    return services.keySet();
  }

  @Nullable ServiceTraffic ofKnown(ServiceName service) {
    return services.get(service);
  }

  Iterable<PlaceTraffic> nodes() {
    return nodes.values();
  }

  PlaceTraffic otherNodes() {
    return otherNodes;
  }
}

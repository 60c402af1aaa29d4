package io.landfall.node;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.Candidates;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import io.landfall.edge.Backend;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.LocalService;
import io.landfall.node.config.NodeConfig;
import io.landfall.node.config.ServiceConfig;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.RouteView;
import io.landfall.overlay.RouteView.PathView;
import io.landfall.signal.LocalSignals;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Makes the one immutable snapshot that the data plane reads, from what the control thread owns.
 * Made on the control thread, read anywhere through one volatile reference.
 */
final class Snapshots {
  private final NodeConfig config;
  private final Overlay overlay;
  private final LocalSignals signals;
  private final NodeNames names;
  private final Predicate<HostAddress> reachable;
  private final Map<ServiceName, List<InetSocketAddress>> backends;

  /** The services by the place of their identity in the block. */
  private final Map<Integer, Integer> placeOf = new HashMap<>();

  /** What the newest snapshot says of each service, in config order. */
  private final List<ServiceView> services = new ArrayList<>();

  private volatile EdgeSnapshot current;

  /**
   * Snapshots of this node.
   *
   * @param reachable whether it is known where a node takes forwarded requests
   * @param backends the resolved backends of each service that is hosted here, in config order
   */
  Snapshots(
      NodeConfig config,
      Overlay overlay,
      LocalSignals signals,
      NodeNames names,
      Predicate<HostAddress> reachable,
      Map<ServiceName, List<InetSocketAddress>> backends) {
    this.config = config;
    this.overlay = overlay;
    this.signals = signals;
    this.names = names;
    this.reachable = reachable;
    this.backends = backends;
    for (ServiceConfig service : config.services()) {
      placeOf.put(service.identity().offset(), placeOf.size());
    }
    this.current =
        new EdgeSnapshot(View.empty(config.name(), config.identity()), new LinkedHashMap<>());
  }

  /** The newest snapshot; one volatile read. */
  EdgeSnapshot current() {
    return current;
  }

  /** Makes and publishes a new snapshot. */
  void rebuild() {
    services.clear();
    for (ServiceConfig service : config.services()) {
      services.add(serviceView(service));
    }
    publish();
  }

  /**
   * Looks again at the services of these hosts, and publishes a new snapshot if there are any.
   *
   * @param offsets hosts whose paths have changed, as offsets in the block
   * @return whether there is a new snapshot
   */
  boolean routesChanged(int[] offsets) {
    if (services.isEmpty()) {
      rebuild();
      return true;
    }
    boolean any = false;
    for (int offset : offsets) {
      Integer place = placeOf.get(offset);
      if (place != null) {
        services.set(place, serviceView(config.services().get(place)));
        any = true;
      }
    }
    if (any) {
      publish();
    }
    return any;
  }

  private void publish() {
    Map<ServiceName, LocalService> local = new LinkedHashMap<>();
    for (ServiceConfig service : config.services()) {
      List<InetSocketAddress> addresses = backends.get(service.name());
      if (addresses != null && !addresses.isEmpty()) {
        local.put(
            service.name(),
            new LocalService(
                health(service, addresses), service.maxRequests().orElse(Integer.MAX_VALUE)));
      }
    }
    current = new EdgeSnapshot(View.of(config.name(), config.identity(), services), local);
  }

  /** Whether the health of a service's backends differs from what the snapshot says. */
  boolean isOutdated(ServiceConfig service) {
    List<InetSocketAddress> addresses = backends.getOrDefault(service.name(), List.of());
    LocalService published = current.local().get(service.name());
    return !addresses.isEmpty()
        && (published == null || !published.backends().equals(health(service, addresses)));
  }

  private List<Backend> health(ServiceConfig service, List<InetSocketAddress> addresses) {
    List<Backend> result = new ArrayList<>(addresses.size());
    for (int i = 0; i < addresses.size(); i++) {
      result.add(new Backend(addresses.get(i), signals.isBackendUp(service.name(), i)));
    }
    return result;
  }

  private ServiceView serviceView(ServiceConfig service) {
    return new ServiceView(
        service.name(),
        service.identity(),
        service.hosts(),
        service.paths(),
        service.isLocal() ? signals.signal(service.name()) : Signal.DOWN,
        candidates(service));
  }

  /** The other nodes that advertise a service, in the order in which they would be asked. */
  List<Candidate> candidates(ServiceConfig service) {
    Optional<RouteView> route = overlay.route(service.identity());
    if (route.isEmpty()) {
      return List.of();
    }
    List<Candidate> candidates = new ArrayList<>();
    Set<HostAddress> seen = new TreeSet<>();
    for (PathView path : route.get().paths()) {
      // Several reflectors tell of one node: the best of its paths speaks for it, or a request that
      // failed there would be tried there again.
      if (path.nextHop().equals(config.identity()) || !seen.add(path.nextHop())) {
        continue;
      }
      boolean known = reachable.test(path.nextHop());
      String why =
          !path.usable()
              ? "the adjacency with it, or the path to it, is down"
              : known
                  ? "it advertises the service over a live adjacency"
                  : "no verified address to forward to is known yet";
      candidates.add(
          new Candidate(
              names.nameOf(path.nextHop()).orElseGet(() -> unnamed(path.nextHop())),
              path.nextHop(),
              path.signal(),
              path.tier(),
              path.cost(),
              path.usable() && known,
              why));
    }
    return Candidates.order(candidates);
  }

  private static NodeName unnamed(HostAddress identity) {
    return new NodeName("node-" + identity.toString().replace('.', '-').replace(':', '-'));
  }
}

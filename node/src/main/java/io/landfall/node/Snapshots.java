package io.landfall.node;

import io.landfall.control.Neighbors;
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
import io.landfall.overlay.Offer;
import io.landfall.overlay.Overlay;
import io.landfall.signal.LocalSignals;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes the one immutable snapshot that the data plane reads, from what the control thread owns.
 * Made on the control thread, read anywhere through one volatile reference.
 *
 * <p>A snapshot is made from the one before it: only services that changed are looked at again, so
 * a change costs what it changed and not what there is.
 */
final class Snapshots {
  private final NodeConfig config;
  private final Overlay overlay;
  private final LocalSignals signals;
  private final Neighbors neighbors;
  private final Function<HostAddress, Optional<String>> unreachable;
  private final Map<ServiceName, List<InetSocketAddress>> backends;

  private volatile EdgeSnapshot current;

  /**
   * Snapshots of this node; the first is of the present state.
   *
   * @param unreachable why a node cannot be given requests; empty when it can
   * @param backends the resolved backends of each service that is hosted here, in config order
   */
  Snapshots(
      NodeConfig config,
      Overlay overlay,
      LocalSignals signals,
      Neighbors neighbors,
      Function<HostAddress, Optional<String>> unreachable,
      Map<ServiceName, List<InetSocketAddress>> backends) {
    this.config = config;
    this.overlay = overlay;
    this.signals = signals;
    this.neighbors = neighbors;
    this.unreachable = unreachable;
    this.backends = backends;
    List<ServiceView> services = new ArrayList<>(config.services().size());
    Map<ServiceName, LocalService> local = new HashMap<>();
    for (ServiceConfig service : config.services()) {
      services.add(serviceView(service));
      localService(service).ifPresent(here -> local.put(service.name(), here));
    }
    this.current = EdgeSnapshot.of(View.of(config.name(), config.identity(), services), local);
  }

  /** The newest snapshot; one volatile read. */
  EdgeSnapshot current() {
    return current;
  }

  /** A service of the config, as requests see it now. */
  ServiceView published(ServiceName service) {
    View view = current.view();
    return view.routes().get(view.numberOf(service).orElseThrow()).service();
  }

  /** Makes and publishes the next snapshot, in which these services are looked at again. */
  void update(Collection<ServiceConfig> changed) {
    List<EdgeSnapshot.Change> changes = new ArrayList<>(changed.size());
    for (ServiceConfig service : changed) {
      changes.add(new EdgeSnapshot.Change(serviceView(service), localService(service)));
    }
    current = current.with(changes);
  }

  /** Whether the health of a service's backends differs from what the snapshot says. */
  boolean isOutdated(ServiceConfig service) {
    LocalService published = current.local(service.name());
    return !Optional.ofNullable(published).equals(localService(service));
  }

  private Optional<LocalService> localService(ServiceConfig service) {
    List<InetSocketAddress> addresses = backends.getOrDefault(service.name(), List.of());
    if (addresses.isEmpty()) {
      return Optional.empty();
    }
    List<Backend> health = new ArrayList<>(addresses.size());
    for (int i = 0; i < addresses.size(); i++) {
      health.add(new Backend(addresses.get(i), signals.isBackendUp(service.name(), i)));
    }
    return Optional.of(new LocalService(health, service.maxRequests().orElse(Integer.MAX_VALUE)));
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
  private List<Candidate> candidates(ServiceConfig service) {
    List<Candidate> candidates = new ArrayList<>();
    for (Offer offer : overlay.offers(service.identity())) {
      if (offer.nextHop().equals(config.identity())) {
        continue;
      }
      Optional<String> whyNot =
          offer.usable()
              ? unreachable.apply(offer.nextHop())
              : Optional.of("the adjacency with it, or the path to it, is down");
      candidates.add(
          new Candidate(
              neighbors.nameOf(offer.nextHop()).orElseGet(() -> unnamed(offer.nextHop())),
              offer.nextHop(),
              offer.signal(),
              offer.tier(),
              offer.cost(),
              whyNot.isEmpty(),
              whyNot.orElse("it advertises the service over a live adjacency")));
    }
    return Candidates.order(candidates);
  }

  private static NodeName unnamed(HostAddress identity) {
    return new NodeName("node-" + identity.toString().replace('.', '-').replace(':', '-'));
  }
}

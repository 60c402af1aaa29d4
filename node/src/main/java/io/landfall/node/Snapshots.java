package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ServiceState;
import io.landfall.core.ServiceName;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import io.landfall.edge.BackendRules;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginProtocol;
import io.landfall.edge.OriginServer;
import io.landfall.edge.OriginServer.Traits;
import io.landfall.edge.OriginTls;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.StickyCookie;
import io.landfall.signal.BackendUse;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one immutable snapshot that the data plane reads: what plane two publishes, with the
 * addresses of this node's backends. Made on the control thread, read anywhere through one volatile
 * reference; made from the one before it, so that a change costs what it changed.
 */
final class Snapshots {
  private final Map<ServiceName, ServiceConfig> services = new HashMap<>();
  private final Map<ServiceName, BackendRules> rules = new HashMap<>();
  private final Backends backends;
  private final LongSupplier nowNanos;

  /** Of services with slow starts, by the indexes of their backends. */
  private final Map<ServiceName, List<UpSince>> upSince = new HashMap<>();

  private volatile EdgeSnapshot current;

  /** What was in use before other nodes were withheld; null when they are not. */
  private @Nullable EdgeSnapshot withheld;

  /**
   * Snapshots of this node.
   *
   * @param first what is published to begin with
   * @param backends where the backends are, read again for each change
   * @param nowNanos the time, by the clock of the event loops
   */
  Snapshots(NodeConfig config, List<ServiceState> first, Backends backends, LongSupplier nowNanos) {
    this.backends = backends;
    this.nowNanos = nowNanos;
    this.current =
        EdgeSnapshot.of(View.empty(config.name(), config.identity()), Map.of()).starting(true);
    configure(config.services(), first, 0);
  }

  /**
   * Other services are configured: the next snapshot is made of these alone.
   *
   * @param states each of the services as it is published now
   * @param generation how often they have changed since the start
   */
  void configure(List<ServiceConfig> configured, List<ServiceState> states, int generation) {
    Map<ServiceName, ServiceConfig> before = new HashMap<>(services);
    services.clear();
    rules.clear();
    for (ServiceConfig service : configured) {
      services.put(service.name(), service);
      rules.put(service.name(), BackendRulesFromConfig.of(service));
      if (service.here().rules().slowStartMillis() > 0) {
        ServiceConfig earlier = before.get(service.name());
        upSince.put(
            service.name(),
            UpSince.of(
                service.here().backends(),
                earlier == null ? List.of() : earlier.here().backends(),
                upSince.getOrDefault(service.name(), List.of())));
      } else {
        upSince.remove(service.name());
      }
    }
    upSince.keySet().retainAll(services.keySet());
    Map<ServiceName, HostedService> local = new HashMap<>();
    states.forEach(
        state -> localService(state).ifPresent(here -> local.put(state.view().name(), here)));
    List<ServiceView> views = states.stream().map(ServiceState::view).toList();
    View last = current.view();
    current =
        EdgeSnapshot.of(View.of(last.ownName(), last.ownIdentity(), views), local)
            .starting(current.isStarting())
            .ofGeneration(generation);
  }

  /** The newest snapshot; one volatile read. */
  EdgeSnapshot current() {
    return current;
  }

  /** By which requests are routed now. */
  View view() {
    return current.view();
  }

  /** A service of the config, as requests see it now. */
  ServiceView published(ServiceName service) {
    View view = current.view();
    return view.routes().get(view.numberOf(service).orElseThrow()).service();
  }

  /** The next snapshot, in which these services are others; returns their names. */
  Set<ServiceName> update(List<ServiceState> changed) {
    List<EdgeSnapshot.Change> changes = new ArrayList<>(changed.size());
    Set<ServiceName> names = new LinkedHashSet<>();
    for (ServiceState state : changed) {
      changes.add(new EdgeSnapshot.Change(state.view(), localService(state)));
      names.add(state.view().name());
    }
    current = current.with(changes);
    return names;
  }

  /**
   * Until {@link #restore} requests are decided without other nodes: one for what is not hosted
   * here waits, as after a start.
   *
   * @param states each service as it is published now
   * @return the names of the services
   */
  Set<ServiceName> withhold(List<ServiceState> states) {
    withheld = current;
    List<EdgeSnapshot.Change> changes = new ArrayList<>();
    Set<ServiceName> names = new LinkedHashSet<>();
    for (ServiceState state : states) {
      ServiceView whole = state.view();
      changes.add(
          new EdgeSnapshot.Change(
              new ServiceView(
                  whole.name(),
                  whole.identity(),
                  whole.hosts(),
                  whole.paths(),
                  whole.local(),
                  List.of(),
                  whole.shield(),
                  whole.awaited()),
              localService(state)));
      names.add(whole.name());
    }
    current = current.with(changes).starting(true);
    return names;
  }

  /** Requests are decided again as before {@link #withhold}. */
  void restore() {
    EdgeSnapshot before = withheld;
    if (before != null) {
      current = before;
      withheld = null;
    }
  }

  /** The node has learnt which services there are: one that no site advertises has none. */
  void started() {
    current = current.starting(false);
  }

  private Optional<HostedService> localService(ServiceState state) {
    ServiceConfig service = services.get(state.view().name());
    int count = backends.count(state.view().name());
    if (service == null || count == 0) {
      return Optional.empty();
    }
    List<OriginServer> health = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      BackendUse use = state.backends().get(i);
      Optional<OriginTls> tls = backends.tls(service.name(), i);
      OriginProtocol protocol = backends.protocol(service.name(), i);
      ProxyProtocol proxy = backends.proxy(service.name(), i);
      int weight = use == BackendUse.TAKES ? backends.weight(service.name(), i) : 0;
      // What is nowhere gets no request.
      for (InetSocketAddress address : backends.addresses(service.name(), i)) {
        boolean up = use != BackendUse.NONE && backends.isWell(service.name(), i, address);
        OriginPlace place = new OriginPlace(address, tls, protocol, proxy);
        health.add(new OriginServer(place, up, weight, traits(service, i, address, up)));
      }
    }
    return Optional.of(
        new HostedService(
            health,
            service.here().maxRequests().orElse(Integer.MAX_VALUE),
            rules.getOrDefault(service.name(), BackendRules.NONE)));
  }

  /** What decides beside its weight which requests an address of a backend gets. */
  private Traits traits(ServiceConfig service, int index, InetSocketAddress address, boolean up) {
    ServiceConfig.Backend backend = service.here().backends().get(index);
    AsciiString cookie =
        service.here().rules().sticky().isEmpty()
            ? AsciiString.EMPTY_STRING
            : StickyCookie.valueOf(service.name(), backend.url(), address);
    long since = Traits.ALWAYS;
    List<UpSince> slow = upSince.get(service.name());
    if (slow != null) {
      slow.get(index).keepOnly(backends.addresses(service.name(), index));
      since = slow.get(index).of(address, up, nowNanos.getAsLong());
    }
    return new Traits(cookie, BackendRulesFromConfig.only(backend), since);
  }
}

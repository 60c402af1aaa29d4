package io.landfall.node;

import io.landfall.admin.model.ServiceStatus;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.decision.Candidate;
import io.landfall.edge.server.EdgeServer;
import io.landfall.signal.BackendUse;
import io.landfall.signal.BackendView;
import io.landfall.signal.LocalServiceView;
import io.landfall.signal.LocalSignals;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rows of {@code show services}; on the control thread only. */
final class ServiceRows {
  private static final String TCP = "tcp";

  private final Supplier<List<ServiceConfig>> services;
  private final LocalSignals signals;
  private final Data data;
  private final HostRows hosts;
  private final ControlTime time;

  /**
   * What requests have of a service.
   *
   * @param published the candidates in the snapshot that is in use
   * @param backends where the backends are
   * @param openCircuits which addresses are left out for what came of their requests
   * @param authorization why the authorization service of a service is taken for dead
   * @param maintenance which services are in maintenance
   */
  record Data(
      Function<ServiceName, List<Candidate>> published,
      Backends backends,
      Function<ServiceName, List<InetSocketAddress>> openCircuits,
      Function<ServiceName, Optional<String>> authorization,
      MaintenanceSwitch maintenance) {
    /** That of a node, whose edge may not run yet. */
    static Data of(
        Snapshots snapshots,
        Backends backends,
        Supplier<@Nullable EdgeServer> edge,
        MaintenanceSwitch maintenance) {
      return new Data(
          service -> snapshots.published(service).candidates(),
          backends,
          service -> {
            EdgeServer running = edge.get();
            return running == null ? List.of() : running.openCircuits(service);
          },
          service -> AuthorizationRows.problem(service, edge.get()),
          maintenance);
    }
  }

  /**
   * Made for one node.
   *
   * @param services the services of the config in force
   * @param data what requests have
   */
  ServiceRows(
      Supplier<List<ServiceConfig>> services,
      LocalSignals signals,
      Data data,
      HostRows hosts,
      ControlTime time) {
    this.services = services;
    this.signals = signals;
    this.data = data;
    this.hosts = hosts;
    this.time = time;
  }

  /** Every service of the config, in its order. */
  List<ServiceStatus> all() {
    Map<ServiceName, LocalServiceView> local = new LinkedHashMap<>();
    for (LocalServiceView view : signals.view(time.clock().monotonicNanos())) {
      local.put(view.service(), view);
    }
    List<ServiceStatus> result = new ArrayList<>();
    for (ServiceConfig service : services.get()) {
      List<ServiceStatus.Site> sites = new ArrayList<>();
      for (Candidate candidate : data.published().apply(service.name())) {
        sites.add(
            new ServiceStatus.Site(
                candidate.node().value(),
                candidate.identity().toString(),
                candidate.signal().name(),
                candidate.tier(),
                candidate.cost(),
                candidate.usable(),
                candidate.why()));
      }
      result.add(
          new ServiceStatus(
              service.name().value(),
              service.identity().toString(),
              service.tcp().map(ServiceRows::hosts).orElse(service.hosts()),
              service.paths(),
              service.isLocal()
                  ? Optional.ofNullable(local.get(service.name())).map(v -> local(service, v))
                  : Optional.empty(),
              sites,
              new ServiceStatus.Held(
                  data.maintenance().by(service), data.authorization().apply(service.name()))));
    }
    return result;
  }

  /** Whether each service of HTTP is in maintenance, by name. */
  SortedMap<String, Boolean> maintenance() {
    return data.maintenance().all();
  }

  /** How connections find a TCP service: by server names, and by listeners at any rate. */
  private static List<String> hosts(ServiceConfig.Tcp tcp) {
    return tcp.serverNames().isEmpty()
        ? List.of(TCP)
        : tcp.serverNames().stream().map(name -> TCP + "://" + name).toList();
  }

  private ServiceStatus.Local local(ServiceConfig service, LocalServiceView view) {
    List<ServiceStatus.BackendState> backends = new ArrayList<>();
    List<InetSocketAddress> open = data.openCircuits().apply(service.name());
    for (int i = 0; i < view.backends().size(); i++) {
      BackendView backend = view.backends().get(i);
      backends.add(
          new ServiceStatus.BackendState(
              service.here().backends().get(i).url(),
              signals.use(service.name(), i) != BackendUse.NONE,
              backend.lastError(),
              backend.drained(),
              service.here().backends().get(i).weight(),
              data.backends().addresses(service.name(), i).stream()
                  .filter(open::contains)
                  .map(SocketText::of)
                  .toList()));
    }
    return new ServiceStatus.Local(
        view.published().signal().name(),
        view.published().why(),
        backends,
        view.lease()
            .map(lease -> new ServiceStatus.LeaseState(lease.ttlMillis(), lease.remainingMillis())),
        view.damping()
            .dampedForMillis()
            .map(millis -> Instant.ofEpochMilli(time.clock().wallMillis() + millis)),
        service.here().tier() + view.published().tier(),
        hosts.of(service));
  }
}

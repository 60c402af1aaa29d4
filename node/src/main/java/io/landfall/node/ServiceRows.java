package io.landfall.node;

import io.landfall.admin.model.ServiceStatus;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.signal.BackendUse;
import io.landfall.signal.BackendView;
import io.landfall.signal.LocalServiceView;
import io.landfall.signal.LocalSignals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The rows of {@code show services}; on the control thread only. */
final class ServiceRows {
  private final Supplier<List<ServiceConfig>> services;
  private final LocalSignals signals;
  private final Function<ServiceName, List<Candidate>> published;
  private final HostRows hosts;
  private final ControlTime time;

  /**
   * Made for one node.
   *
   * @param services the services of the config in force
   * @param published the candidates of a service in the snapshot that is in use
   */
  ServiceRows(
      Supplier<List<ServiceConfig>> services,
      LocalSignals signals,
      Function<ServiceName, List<Candidate>> published,
      HostRows hosts,
      ControlTime time) {
    this.services = services;
    this.signals = signals;
    this.published = published;
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
      for (Candidate candidate : published.apply(service.name())) {
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
              service.hosts(),
              service.paths(),
              service.isLocal()
                  ? Optional.ofNullable(local.get(service.name())).map(v -> local(service, v))
                  : Optional.empty(),
              sites));
    }
    return result;
  }

  private ServiceStatus.Local local(ServiceConfig service, LocalServiceView view) {
    List<ServiceStatus.BackendState> backends = new ArrayList<>();
    for (int i = 0; i < view.backends().size(); i++) {
      BackendView backend = view.backends().get(i);
      backends.add(
          new ServiceStatus.BackendState(
              service.here().backends().get(i).url(),
              signals.use(service.name(), i) != BackendUse.NONE,
              backend.lastError(),
              backend.drained(),
              service.here().backends().get(i).weight()));
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

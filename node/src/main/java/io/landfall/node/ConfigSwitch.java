package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.core.ServiceName;
import io.landfall.edge.server.EdgeServer;
import io.landfall.edge.server.ListenerChange;
import io.landfall.node.log.Logs;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Puts another config in force in a running node: one task on the control thread, so that whoever
 * asks there sees the one before or this one. What did not change is not touched.
 *
 * <p>The order: the new backends are there before a probe asks for one; plane two withdraws what
 * left the config, and its messages are written; then one write of the snapshot makes requests see
 * all of it at once. Requests in progress finish at the backends that they have.
 */
final class ConfigSwitch {
  private final Node node;

  ConfigSwitch(Node node) {
    this.node = node;
  }

  /** A change that is ready; one of the two is called, once. */
  interface Prepared {
    /** Puts it in force; on the control thread only. */
    void apply();

    /** Gives up what was opened for it. */
    void abandon();
  }

  /**
   * Opens what a plan needs that is not open yet; nothing has changed by that. Blocks, so that it
   * is not for the control thread.
   *
   * @param plan one that {@code RestartRules} has found fit
   * @throws StartFailed naming what cannot be had; nothing was opened then
   */
  Prepared prepare(StartPlan plan) throws StartFailed {
    Instant now = Instant.ofEpochMilli(node.control.wallMillis());
    CertificateWatch.Change listeners = node.certificates.change(plan.config(), plan.edge(), now);
    EdgeServer edge = node.edge();
    Optional<ListenerChange.Prepared> opened =
        edge == null
            ? Optional.empty()
            : Optional.of(
                switch (edge.prepare(listeners.listeners())) {
                  case ListenerChange.Prepared ready -> ready;
                  case ListenerChange.CannotOpen(InetSocketAddress at, String why) ->
                      throw ListenerTrial.refused(plan.config(), at, why);
                });
    return new Prepared() {
      @Override
      public void apply() {
        to(plan);
        node.certificates.apply(listeners);
        opened.ifPresent(ListenerChange.Prepared::apply);
      }

      @Override
      public void abandon() {
        opened.ifPresent(ListenerChange.Prepared::abandon);
      }
    };
  }

  private void to(StartPlan plan) {
    NodeConfig last = node.inForce.get();
    List<ServiceConfig> before = last.services();
    List<ServiceConfig> after = plan.config().services();
    Set<ServiceName> changed = changed(before, after);
    Set<ServiceName> still = new TreeSet<>();
    if (last.operation().log().level() != plan.config().operation().log().level()) {
      Logs.level(plan.config().operation().log().level());
    }
    node.ingress.configure(plan.ingress());
    Set<ServiceName> renewed =
        node.backends.configure(
            after, plan.backendTls(), plan.names().addresses(), node.control.monotonicNanos());
    changed.addAll(renewed);
    node.probes.configure(before, after, renewed);
    EdgeServer edge = node.edge();
    int generation = node.snapshots.current().generation() + 1;
    if (edge != null) {
      edge.change(plan.edge(), generation);
    }
    node.inForce.putOfTable(plan.config());
    node.overlay.apply(
        new ControlEvent.Configure(
            Translate.services(plan.config()),
            Translate.signalSpecs(plan.config()),
            Translate.entitlements(plan.config()),
            Translate.candidates(plan.config())));
    PlainBgp.entitle(node, last, plan.config());
    node.serviceHosts.configure(plan.config());
    node.inForce.put(plan.config(), Instant.ofEpochMilli(node.control.wallMillis()));
    node.snapshots.configure(after, node.overlay.plane().published(), generation);
    node.operators.restore(node.overlay, node.backends, changed);
    if (edge != null) {
      // What left the config has no other place: requests to it that are in progress finish there.
      after.stream().map(ServiceConfig::name).filter(changed::contains).forEach(still::add);
      edge.servicesChanged(still);
      changed.removeAll(still);
      edge.servicesGone(changed);
    }
  }

  /** The services that are in one config only, or are not the same in both. */
  private static Set<ServiceName> changed(List<ServiceConfig> one, List<ServiceConfig> other) {
    Map<ServiceName, ServiceConfig> left = new HashMap<>();
    one.forEach(service -> left.put(service.name(), service));
    Set<ServiceName> changed = new TreeSet<>();
    for (ServiceConfig service : other) {
      if (!service.equals(left.remove(service.name()))) {
        changed.add(service.name());
      }
    }
    changed.addAll(left.keySet());
    return changed;
  }
}

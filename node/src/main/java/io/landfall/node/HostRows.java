package io.landfall.node;

import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.PeerRow;
import io.landfall.admin.model.RefusedRow;
import io.landfall.admin.model.ServiceStatus;
import io.landfall.bgp.SessionState;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Addresses;
import io.landfall.core.InvariantBroken;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostView;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Service hosts in what {@code show} shows; on the control thread only. */
final class HostRows {
  private final List<ServiceBgpConfig.Host> configured;
  private final Supplier<List<ServiceConfig>> services;
  private final Supplier<List<ServiceHostView>> sessions;
  private final ControlTime time;

  /**
   * Views of a node's service hosts.
   *
   * @param configured the hosts of the config
   * @param services the services of the config in force
   * @param sessions their sessions now
   */
  HostRows(
      List<ServiceBgpConfig.Host> configured,
      Supplier<List<ServiceConfig>> services,
      Supplier<List<ServiceHostView>> sessions,
      ControlTime time) {
    this.configured = configured;
    this.services = services;
    this.sessions = sessions;
    this.time = time;
  }

  /** The names of all hosts. */
  List<String> names() {
    return sessions.get().stream().map(ServiceHostView::host).toList();
  }

  /** Rows for {@code show peers}. */
  List<PeerRow> peers() {
    List<PeerRow> rows = new ArrayList<>();
    for (ServiceHostView view : sessions.get()) {
      boolean up = view.session().state() == SessionState.ESTABLISHED;
      Optional<ServiceBgpConfig.Host> host = host(view.host());
      rows.add(
          new PeerRow(
              new PeerRow.Who(Optional.of(view.host()), Optional.empty()),
              new PeerRow.Session(
                  PeerRows.word(view.session().state()),
                  time.secondsSince(view.session().sinceNanos(), up)),
              new PeerRow.Place(
                  host.map(h -> h.address().getHostAddress()).orElse(""), Optional.empty()),
              new PeerRow.RouteCounts(
                  view.counters().announced(),
                  view.advertised().size(),
                  view.counters().refused(),
                  0),
              PeerRows.lastError(view.session().lastDown(), view.session().lastFailure()),
              host.map(h -> OptionalLong.of(h.asn().number())).orElse(OptionalLong.empty()),
              time.secondsSince(
                  view.session().sinceNanos(), up || view.session().lastDown().isPresent()),
              PeerRow.SERVICE));
    }
    return rows;
  }

  private Optional<ServiceBgpConfig.Host> host(String name) {
    return configured.stream().filter(host -> host.name().equals(name)).findFirst();
  }

  /** The address of a configured host: a session is known by it, so it is the host's identity. */
  String addressOf(String name) {
    return Addresses.format(configured(name).address().getAddress());
  }

  /** Where a host is dialled; one that is not dialled connects from any port. */
  String endpointOf(String name) {
    ServiceBgpConfig.Host host = configured(name);
    return host.dial()
        ? Addresses.format(new InetSocketAddress(host.address(), host.port()))
        : addressOf(name);
  }

  private ServiceBgpConfig.Host configured(String name) {
    return host(name)
        .orElseThrow(() -> new InvariantBroken("sessions are of configured hosts, not " + name));
  }

  /** What a host signals of each service that it may advertise. */
  List<PeerReport.HostSignals> signals(ServiceHostDetail host) {
    List<PeerReport.HostSignals> rows = new ArrayList<>();
    for (ServiceConfig service : services.get()) {
      if (host.services().contains(service.identity())) {
        Optional<ServiceHostView.HostAdvertised> advertised =
            Optional.ofNullable(host.view().advertised().get(service.identity()));
        rows.add(
            new PeerReport.HostSignals(
                service.name().value(),
                service.identity().toString(),
                advertised.map(each -> each.signal().signal().name()),
                advertised.map(each -> each.signal().med()).orElse(OptionalLong.empty()),
                advertised
                    .map(each -> OptionalLong.of(each.signal().tier()))
                    .orElse(OptionalLong.empty()),
                advertised.map(each -> time.wallTimeOf(each.sinceNanos()))));
      }
    }
    return rows;
  }

  /** Rows for {@code show refused}. */
  List<RefusedRow> refused() {
    List<RefusedRow> rows = new ArrayList<>();
    for (ServiceHostView view : sessions.get()) {
      for (ServiceHostView.Refused refused : view.refused()) {
        rows.add(
            new RefusedRow(
                view.host(),
                refused.rule(),
                refused.count(),
                Optional.of(time.wallTimeOf(refused.lastNanos())),
                refused.last(),
                RefusalRules.number(refused.rule()),
                refused.subjects().stream()
                    .map(each -> new RefusedRow.Subject(each.subject(), each.count()))
                    .toList()));
      }
    }
    return rows;
  }

  /** What the hosts of a service advertise of it. */
  List<ServiceStatus.HostState> of(ServiceConfig service) {
    List<String> names = service.bgp().map(ServiceConfig.Bgp::hosts).orElse(List.of());
    List<ServiceStatus.HostState> states = new ArrayList<>();
    for (ServiceHostView view : sessions.get()) {
      if (names.contains(view.host())) {
        Optional<ServiceHostView.HostAdvertised> advertised =
            Optional.ofNullable(view.advertised().get(service.identity()));
        Optional<String> says = advertised.map(each -> each.signal().signal().name());
        states.add(
            new ServiceStatus.HostState(
                view.host(),
                PeerRows.word(view.session().state()),
                says,
                advertised.map(each -> each.signal().med()).orElse(OptionalLong.empty()),
                advertised.map(each -> each.signal().tier()).orElse(0L),
                advertised.map(each -> time.wallTimeOf(each.sinceNanos()))));
      }
    }
    return states;
  }
}

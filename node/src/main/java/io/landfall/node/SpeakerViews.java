package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.admin.PeerView;
import io.landfall.admin.RefusedView;
import io.landfall.admin.ServiceStatus;
import io.landfall.bgp.SessionState;
import io.landfall.config.ServiceBgpConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.Addresses;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Signal;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import io.landfall.overlay.servicehost.ServiceHostView;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;

/** Service hosts in what {@code show} shows; on the control thread only. */
final class SpeakerViews {
  private final Node node;
  private final LongToDoubleFunction secondsSince;
  private final LongFunction<Instant> wallTimeOf;

  /**
   * Views of a node's service hosts.
   *
   * @param secondsSince how long ago a monotonic time was
   * @param wallTimeOf when it was by the wall clock
   */
  SpeakerViews(Node node, LongToDoubleFunction secondsSince, LongFunction<Instant> wallTimeOf) {
    this.node = node;
    this.secondsSince = secondsSince;
    this.wallTimeOf = wallTimeOf;
  }

  /** Rows for {@code show peers}. */
  List<PeerView> peers() {
    List<PeerView> rows = new ArrayList<>();
    for (ServiceHostView view : node.speakers.view()) {
      boolean up = view.state() == SessionState.ESTABLISHED;
      Optional<ServiceBgpConfig.Host> host = host(view.host());
      Optional<String> down =
          view.lastDown().map(reason -> (reason.byPeer() ? "peer: " : "us: ") + reason.text());
      rows.add(
          new PeerView(
              Optional.of(view.host()),
              Optional.empty(),
              NodeViews.word(view.state()),
              up
                  ? OptionalDouble.of(secondsSince.applyAsDouble(view.sinceNanos()))
                  : OptionalDouble.empty(),
              host.map(h -> h.address().getHostAddress()).orElse(""),
              new PeerView.RouteCounts(
                  view.counters().announced(),
                  view.advertised().size(),
                  view.counters().refused(),
                  0),
              down.or(view::lastFailure),
              host.map(h -> OptionalLong.of(h.asn())).orElse(OptionalLong.empty()),
              up || view.lastDown().isPresent()
                  ? OptionalDouble.of(secondsSince.applyAsDouble(view.sinceNanos()))
                  : OptionalDouble.empty(),
              PeerView.Kind.SERVICE));
    }
    return rows;
  }

  private Optional<ServiceBgpConfig.Host> host(String name) {
    return node.config.serviceBgp().hosts().stream()
        .filter(host -> host.name().equals(name))
        .findFirst();
  }

  /** The address of a configured host: a session is told by it, so it is who the host is. */
  String addressOf(String name) {
    return Addresses.format(configured(name).address().getAddress());
  }

  /** Where a host is dialled; one that is not dialled speaks from whatever port it likes. */
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

  /** What a host says of each service that it may speak for. */
  List<Fields> services(ServiceHostDetail host) {
    List<Fields> rows = new ArrayList<>();
    for (ServiceConfig service : node.config.services()) {
      if (host.services().contains(service.identity())) {
        Optional<ServiceHostView.HostAdvertised> advertised =
            Optional.ofNullable(host.view().advertised().get(service.identity()));
        rows.add(
            new Fields()
                .put("service", service.name().value())
                .put("identity", service.identity().toString())
                .put("says", advertised.map(each -> each.signal().signal().name()))
                .put(
                    "med", advertised.map(each -> each.signal().med()).orElse(OptionalLong.empty()))
                .put("tier", advertised.map(each -> each.signal().tier()))
                .put(
                    "since",
                    advertised.map(each -> wallTimeOf.apply(each.sinceNanos()).toString())));
      }
    }
    return rows;
  }

  /** Rows for {@code show refused}. */
  List<RefusedView> refused() {
    List<RefusedView> rows = new ArrayList<>();
    for (ServiceHostView view : node.speakers.view()) {
      for (ServiceHostView.Refused refused : view.refused()) {
        rows.add(
            new RefusedView(
                view.host(),
                refused.rule(),
                refused.count(),
                wallTimeOf.apply(refused.lastNanos()),
                refused.last(),
                refused.subjects().stream()
                    .map(each -> new RefusedView.Subject(each.subject(), each.count()))
                    .toList()));
      }
    }
    return rows;
  }

  /** What the hosts that speak for a service say of it. */
  List<ServiceStatus.SpeakerState> of(ServiceConfig service) {
    List<String> names = service.bgp().map(ServiceConfig.Bgp::hosts).orElse(List.of());
    List<ServiceStatus.SpeakerState> states = new ArrayList<>();
    for (ServiceHostView view : node.speakers.view()) {
      if (names.contains(view.host())) {
        Optional<ServiceHostView.HostAdvertised> advertised =
            Optional.ofNullable(view.advertised().get(service.identity()));
        Optional<Signal> says = advertised.map(each -> each.signal().signal());
        states.add(
            new ServiceStatus.SpeakerState(
                view.host(),
                NodeViews.word(view.state()),
                says,
                advertised.map(each -> each.signal().med()).orElse(OptionalLong.empty()),
                advertised.map(each -> each.signal().tier()).orElse(0L),
                advertised.map(each -> wallTimeOf.apply(each.sinceNanos()))));
      }
    }
    return states;
  }
}

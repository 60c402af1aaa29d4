package io.landfall.node;

import io.landfall.admin.PeerView;
import io.landfall.admin.RefusedView;
import io.landfall.admin.RouteView;
import io.landfall.admin.ServiceStatus;
import io.landfall.config.ServiceConfig;
import io.landfall.control.CandidateView;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.signal.BackendView;
import io.landfall.signal.LocalServiceView;
import io.landfall.transport.tls.PortRefusals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code show} shows, made from the control thread's state; on the control thread only. */
final class NodeViews {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Node node;
  private final SpeakerViews speakers;
  private final Map<HostAddress, String> serviceNames = new LinkedHashMap<>();

  NodeViews(Node node) {
    this.node = node;
    this.speakers = new SpeakerViews(node, this::secondsSince, this::wallTimeOf);
    for (ServiceConfig service : node.config.services()) {
      serviceNames.put(service.identity(), service.name().value());
    }
  }

  /** Views of the service hosts. */
  SpeakerViews speakers() {
    return speakers;
  }

  double secondsSince(long nanos) {
    return (node.control.monotonicNanos() - nanos) / NANOS_PER_SECOND;
  }

  Instant wallTimeOf(long nanos) {
    long agoMillis = (node.control.monotonicNanos() - nanos) / NANOS_PER_MILLI;
    return Instant.ofEpochMilli(node.control.wallMillis() - agoMillis);
  }

  /** Adds a slice of the routes; returns where the next one begins. */
  OptionalInt someRoutes(int fromOffset, List<RouteView> to) {
    return node.overlay.overlay().someRoutes(fromOffset, route -> to.add(view(route)));
  }

  private RouteView view(io.landfall.overlay.RouteView route) {
    List<RouteView.PathView> paths = new ArrayList<>();
    for (io.landfall.overlay.RouteView.PathView path : route.paths()) {
      paths.add(
          new RouteView.PathView(
              path.nextHop(),
              path.from().map(NodeName::value).orElse("local"),
              path.best(),
              path.tier(),
              path.cost(),
              secondsSince(path.learnedAtNanos()),
              path.signal()));
    }
    return new RouteView(
        route.host(),
        route.nodeIdentity() ? RouteView.Kind.NODE : RouteView.Kind.SERVICE,
        nameOf(route),
        paths);
  }

  /** The name of a node or service of this identity; empty text when it has none here. */
  String nameOf(HostAddress identity) {
    String service = serviceNames.get(identity);
    return service != null
        ? service
        : node.neighbors.nameOf(identity).map(NodeName::value).orElse("");
  }

  private String nameOf(io.landfall.overlay.RouteView route) {
    return route.nodeIdentity()
        ? node.neighbors.nameOf(route.host()).map(NodeName::value).orElse("")
        : serviceNames.getOrDefault(route.host(), "");
  }

  List<PeerView> peers() {
    List<PeerView> result = new ArrayList<>();
    Set<String> shown = new HashSet<>();
    Map<HostAddress, CandidateView> candidates = new LinkedHashMap<>();
    List<CandidateView> all = node.overlay.plane().candidates(node.control.monotonicNanos());
    for (CandidateView candidate : all) {
      candidate.peer().ifPresent(peer -> candidates.putIfAbsent(peer.identity(), candidate));
    }
    for (io.landfall.overlay.PeerView peer : node.overlay.overlay().peers()) {
      boolean up = peer.state() == io.landfall.bgp.SessionState.ESTABLISHED;
      CandidateView candidate = candidates.get(peer.info().identity());
      if (candidate != null) {
        shown.add(candidate.endpoint().toString());
      }
      Optional<String> down =
          peer.lastDown().map(reason -> (reason.byPeer() ? "peer: " : "us: ") + reason.text());
      result.add(
          new PeerView(
              Optional.of(peer.info().name().value()),
              Optional.of(peer.info().identity()),
              stateOf(peer),
              up ? OptionalDouble.of(secondsSince(peer.sinceNanos())) : OptionalDouble.empty(),
              endpointOf(peer.info().identity(), candidate),
              new PeerView.RouteCounts(
                  peer.counters().announcementsReceived(),
                  peer.acceptedPaths(),
                  peer.counters().refused(),
                  peer.counters().announcementsSent()),
              down.or(() -> Optional.ofNullable(candidate).flatMap(CandidateView::lastFailure)),
              OptionalLong.of(node.config.overlay().asn()),
              OptionalDouble.of(secondsSince(peer.sinceNanos())),
              PeerView.Kind.NODE));
    }
    for (CandidateView candidate : all) {
      if (!shown.contains(candidate.endpoint().toString())) {
        result.add(
            new PeerView(
                candidate.peer().map(peer -> peer.name().value()),
                candidate.peer().map(io.landfall.trust.PeerIdentity::identity),
                "candidate",
                OptionalDouble.empty(),
                candidate.endpoint().toString(),
                PeerView.RouteCounts.NONE,
                candidate.state().equals("self")
                    ? Optional.of("this node itself")
                    : candidate.lastFailure()));
      }
    }
    result.addAll(ClashViews.rows(node));
    result.addAll(speakers.peers());
    return result;
  }

  /** A session without a stream waits for one, however long its peer has been gone. */
  static String stateOf(io.landfall.overlay.PeerView peer) {
    return peer.live() ? word(peer.state()) : "down";
  }

  /** The remote end of the session itself; of a peer that is away, where it was dialled. */
  private String endpointOf(HostAddress identity, @Nullable CandidateView candidate) {
    String remote = node.overlay.plane().remoteOf(identity);
    return remote.isEmpty() && candidate != null ? candidate.endpoint().toString() : remote;
  }

  List<ServiceStatus> services() {
    Map<ServiceName, LocalServiceView> local = new LinkedHashMap<>();
    for (LocalServiceView view :
        node.overlay.plane().signals().view(node.control.monotonicNanos())) {
      local.put(view.service(), view);
    }
    List<ServiceStatus> result = new ArrayList<>();
    for (ServiceConfig service : node.config.services()) {
      List<ServiceStatus.Site> sites = new ArrayList<>();
      for (Candidate candidate : node.snapshots.published(service.name()).candidates()) {
        sites.add(
            new ServiceStatus.Site(
                candidate.node().value(),
                candidate.identity(),
                candidate.signal(),
                candidate.tier(),
                candidate.cost(),
                candidate.usable(),
                candidate.why()));
      }
      result.add(
          new ServiceStatus(
              service.name(),
              service.identity(),
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
              service.backends().get(i).url(),
              node.overlay.plane().signals().isBackendUp(service.name(), i),
              backend.lastError()));
    }
    return new ServiceStatus.Local(
        view.signal(),
        view.why(),
        backends,
        view.leaseRemainingMillis().map(left -> new ServiceStatus.LeaseState(left, left)),
        view.dampedForMillis()
            .map(millis -> Instant.ofEpochMilli(node.control.wallMillis() + millis)),
        service.tier() + view.tier(),
        speakers.of(service));
  }

  List<RefusedView> refused() {
    List<RefusedView> result = new ArrayList<>();
    for (io.landfall.overlay.RefusedView refused : node.overlay.overlay().refused()) {
      for (io.landfall.overlay.RefusedView.RuleCount rule : refused.rules()) {
        Optional<io.landfall.overlay.RefusedView.Entry> last =
            refused.recent().stream()
                .filter(entry -> entry.rule().equals(rule.rule()))
                .reduce((first, second) -> second);
        result.add(
            new RefusedView(
                refused.peer().name().value(),
                rule.rule(),
                rule.count(),
                last.map(entry -> wallTimeOf(entry.lastNanos())).orElse(Instant.EPOCH),
                last.map(io.landfall.overlay.RefusedView.Entry::what).orElse(""),
                subjects(refused, rule.rule())));
      }
    }
    result.addAll(node.ingress.refused());
    for (PortRefusals.Row row : node.port.refusals().rows()) {
      result.add(
          new RefusedView(
              "(not admitted)",
              row.rule(),
              row.count(),
              Instant.ofEpochMilli(row.lastMillis()),
              row.what()));
    }
    result.addAll(speakers.refused());
    return result;
  }

  private static List<RefusedView.Subject> subjects(
      io.landfall.overlay.RefusedView refused, String rule) {
    return refused.subjects().stream()
        .filter(each -> each.rule().equals(rule))
        .map(each -> new RefusedView.Subject(each.subject(), each.count()))
        .toList();
  }

  /** The word for a session's state, or a message type, as people read it. */
  static String word(Enum<?> state) {
    return state.name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
  }
}

package io.landfall.node;

import io.landfall.admin.LookingGlass;
import io.landfall.admin.MonitorFilter;
import io.landfall.admin.MonitorWatch;
import io.landfall.admin.QueryResult;
import io.landfall.admin.RouteQuery;
import io.landfall.admin.RoutingBackend;
import io.landfall.admin.model.PeerReport;
import io.landfall.admin.model.RefusedReport;
import io.landfall.admin.model.RouteRow;
import io.landfall.config.SpellingSuggestion;
import io.landfall.control.CandidateView;
import io.landfall.control.Neighbors;
import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RouteDetail;
import io.landfall.overlay.servicehost.ServiceHostDetail;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The overlay looked at closely: one route, one peer, what was refused of one peer. Asked on
 * virtual threads, answered by the control thread.
 */
final class NodeRouting implements RoutingBackend {
  static final String LOCAL = "local";
  private final ConfigInForce config;
  private final ControlQuestions questions;
  private final ControlDriver overlay;
  private final Neighbors neighbors;
  private final NodeMonitor monitor;
  private final Views views;
  private final ControlTime time;

  /**
   * Made for one node.
   *
   * @param config what is configured: this node, and names that a person may have meant
   * @param overlay the table and its peers
   */
  NodeRouting(
      ConfigInForce config,
      ControlQuestions questions,
      ControlDriver overlay,
      Neighbors neighbors,
      NodeMonitor monitor,
      Views views) {
    this.config = config;
    this.questions = questions;
    this.overlay = overlay;
    this.neighbors = neighbors;
    this.monitor = monitor;
    this.time = views.time();
    this.views = views;
  }

  /**
   * How what is found is shown.
   *
   * @param routes routes
   * @param peers peers
   * @param refused what was refused
   * @param duplicates nodes that have one identity
   * @param hosts service hosts
   * @param details the sessions of service hosts
   * @param requestsTo where requests to a node go
   * @param time times as people read them
   */
  record Views(
      RouteRows routes,
      PeerReports peers,
      RefusedRows refused,
      DuplicateRows duplicates,
      HostRows hosts,
      Supplier<List<ServiceHostDetail>> details,
      Function<HostAddress, String> requestsTo,
      ControlTime time) {}

  private <T> T ask(Callable<T> question) {
    return questions.ask(question);
  }

  @Override
  public QueryResult<List<RouteRow>> routes(RouteQuery query) {
    Optional<HostAddress> host = query.address().flatMap(this::host);
    if (query.address().isPresent() && host.isEmpty()) {
      return new QueryResult.Wrong<>(notAHost(query.address().get()));
    }
    Optional<HostAddress> from = Optional.empty();
    if (query.from().isPresent()) {
      from = ask(() -> identity(query.from().get()));
      if (from.isEmpty()) {
        return ask(() -> noPeer(query.from().get()));
      }
    }
    Optional<HostAddress> only = from;
    List<RouteRow> rows = new ArrayList<>();
    if (host.isEmpty()) {
      TableSlices.read(
          questions,
          at ->
              overlay
                  .overlay()
                  .queries()
                  .someRoutes(at, route -> addRow(route, only, query, rows)));
      return new QueryResult.Found<>(rows);
    }
    return ask(
        () -> {
          overlay
              .overlay()
              .queries()
              .route(host.get())
              .ifPresent(route -> addRow(route, only, query, rows));
          return new QueryResult.Found<>(rows);
        });
  }

  private void addRow(
      RouteDetail route, Optional<HostAddress> from, RouteQuery query, List<RouteRow> rows) {
    List<RouteDetail.PathDetail> paths = new ArrayList<>();
    for (RouteDetail.PathDetail path : route.paths()) {
      if (from.isEmpty() || from.get().equals(path.fromIdentity())) {
        paths.add(path);
      }
    }
    if (!paths.isEmpty()) {
      rows.add(views.routes().row(route, paths, query.all()));
    }
  }

  /** A host of the block, written as an address or with its length. */
  Optional<HostAddress> host(String text) {
    Block block = config.get().identity().block();
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (slash >= 0 && !text.substring(slash + 1).equals(Integer.toString(block.hostLength()))) {
      return Optional.empty();
    }
    return Addresses.parseLiteral(address).flatMap(block::host);
  }

  String notAHost(String text) {
    Block block = config.get().identity().block();
    String address = text.indexOf('/') < 0 ? text : text.substring(0, text.indexOf('/'));
    if (Addresses.parseLiteral(address).isEmpty()) {
      return "'" + text + "' is not an address; give a host of " + block;
    }
    return text
        + " is no host of the block "
        + block
        + ", and nothing else can have a route in the overlay";
  }

  /** The identity of a peer, or of this node for {@code local}, by name or identity. */
  Optional<HostAddress> identity(String peer) {
    if (peer.equals(LOCAL) || peer.equals(config.get().name().value())) {
      return Optional.of(config.get().identity());
    }
    return PeerChoice.of(peer, overlay.overlay().peers()).map(each -> each.info().identity());
  }

  /** Of those who have routes, there is none of this name. */
  <T> QueryResult<T> noPeer(String text) {
    if (speaker(text).isPresent()) {
      return new QueryResult.Missing<>(
          "'"
              + text
              + "' is a service host: it has no routes, its word changes this node's own;"
              + " see show peers "
              + text);
    }
    return noPeer(text, nodeNames());
  }

  private SortedSet<String> nodeNames() {
    SortedSet<String> names = new TreeSet<>();
    for (PeerView each : overlay.overlay().peers()) {
      names.add(each.info().name().value());
    }
    return names;
  }

  private static <T> QueryResult<T> noPeer(String text, SortedSet<String> names) {
    return new QueryResult.Missing<>(missing("peer", text, names));
  }

  private static Optional<String> unknown(String what, String text, SortedSet<String> names) {
    return names.contains(text) ? Optional.empty() : Optional.of(missing(what, text, names));
  }

  /** There is nothing of this name, and what there is. */
  private static String missing(String what, String text, SortedSet<String> names) {
    String near =
        SpellingSuggestion.to(text, names).map(name -> "; did you mean " + name + "?").orElse("");
    String all =
        names.isEmpty() ? "; there is none at all" : "; there are " + String.join(", ", names);
    return "there is no " + what + " '" + text + "'" + (near.isEmpty() ? all : near);
  }

  /** There is neither a node nor a service host of this name. */
  private <T> QueryResult<T> noPeerOrHost(String text) {
    SortedSet<String> names = nodeNames();
    names.addAll(views.hosts().names());
    return noPeer(text, names);
  }

  @Override
  public QueryResult<PeerReport> peer(String peer) {
    return ask(() -> peerNow(peer));
  }

  private QueryResult<PeerReport> peerNow(String text) {
    Optional<PeerDetail> found = detail(text);
    if (found.isEmpty()) {
      return speaker(text)
          .<QueryResult<PeerReport>>map(host -> new QueryResult.Found<>(views.peers().host(host)))
          .orElseGet(() -> noPeerOrHost(text));
    }
    HostAddress identity = found.get().view().info().identity();
    return new QueryResult.Found<>(
        views
            .peers()
            .node(
                found.get(),
                new PeerReports.Surroundings(
                    overlay.plane().remoteOf(identity),
                    nextAttempt(identity),
                    views.requestsTo().apply(identity),
                    views.duplicates().of(identity))));
  }

  private OptionalLong nextAttempt(HostAddress identity) {
    OptionalLong next = OptionalLong.empty();
    for (CandidateView candidate : overlay.plane().candidates(time.clock().monotonicNanos())) {
      if (candidate.peer().filter(p -> p.identity().equals(identity)).isPresent()) {
        next = candidate.nextAttemptInMillis().map(OptionalLong::of).orElseGet(OptionalLong::empty);
      }
    }
    return next;
  }

  /** A service host, by its configured name or its address in any spelling. */
  private Optional<ServiceHostDetail> speaker(String text) {
    String address = Addresses.parseLiteral(text).map(Addresses::format).orElse("");
    return views.details().get().stream()
        .filter(
            each -> {
              String name = each.view().host();
              return name.equals(text) || address.equals(views.hosts().addressOf(name));
            })
        .findFirst();
  }

  private Optional<PeerDetail> detail(String text) {
    Optional<HostAddress> identity = identity(text);
    return identity.flatMap(
        wanted ->
            overlay.overlay().queries().peers().stream()
                .filter(each -> each.view().info().identity().equals(wanted))
                .findFirst());
  }

  @Override
  public QueryResult<RefusedReport> refused(String peer) {
    return ask(() -> refusedNow(peer));
  }

  private QueryResult<RefusedReport> refusedNow(String text) {
    Optional<PeerDetail> found = detail(text);
    if (found.isPresent()) {
      return new QueryResult.Found<>(views.refused().node(found.get().view()));
    }
    return speaker(text)
        .<QueryResult<RefusedReport>>map(
            host ->
                new QueryResult.Found<>(
                    views.refused().host(host.view(), views.hosts().addressOf(host.view().host()))))
        .orElseGet(() -> noPeerOrHost(text));
  }

  @Override
  public LookingGlass lookingGlass() {
    return new NodeLookingGlass(config, overlay.overlay(), questions, this, time);
  }

  @Override
  public Optional<String> unknownIn(MonitorFilter filter) {
    return ask(
        () -> {
          SortedSet<String> peers = nodeNames();
          neighbors.names().forEach(name -> peers.add(name.value()));
          config.get().overlay().reflection().reflectors().forEach(name -> peers.add(name.value()));
          config.get().overlay().reach().costs().keySet().forEach(name -> peers.add(name.value()));
          config.get().trust().entitlements().keySet().forEach(name -> peers.add(name.value()));
          SortedSet<String> named = new TreeSet<>(peers);
          config.services().forEach(service -> named.add(service.name().value()));
          peers.remove(config.get().name().value());
          return filter
              .peer()
              .flatMap(name -> unknown("peer", name, peers))
              .or(() -> filter.service().flatMap(n -> unknown("service or node", n, named)));
        });
  }

  @Override
  public Optional<MonitorWatch> watch(MonitorFilter filter) {
    return ask(() -> monitor.watch(filter));
  }
}

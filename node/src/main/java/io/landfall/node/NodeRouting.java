package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.admin.Looked;
import io.landfall.admin.LookingGlass;
import io.landfall.admin.MonitorFilter;
import io.landfall.admin.MonitorWatch;
import io.landfall.admin.RouteQuery;
import io.landfall.admin.RoutingBackend;
import io.landfall.config.SpellingSuggestion;
import io.landfall.control.CandidateView;
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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * The overlay looked at closely: one route, one peer, what was refused of one peer. Asked on
 * virtual threads, answered by the control thread.
 */
final class NodeRouting implements RoutingBackend {
  static final String LOCAL = "local";
  private static final long ANSWER_SECONDS = 5;

  private final Node node;
  private final NodeViews views;
  private final NodeMonitor monitor;
  private final RouteFields routeFields;
  private final PeerFields peerFields;
  private final RefusedFields refusedFields;

  NodeRouting(Node node, NodeViews views, NodeMonitor monitor) {
    this.node = node;
    this.views = views;
    this.monitor = monitor;
    this.routeFields = new RouteFields(views::nameOf, views::secondsSince);
    this.peerFields = new PeerFields(new SessionFields(views::wallTimeOf, views::secondsSince));
    this.refusedFields = new RefusedFields(views::wallTimeOf, views::secondsSince);
  }

  /** Asks the control thread, and waits for it as long as a person would. */
  <T> T ask(Callable<T> question) {
    return node.control.ask(question).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public Looked routes(RouteQuery query) {
    Optional<HostAddress> host = query.address().flatMap(this::host);
    if (query.address().isPresent() && host.isEmpty()) {
      return new Looked.Wrong(notAHost(query.address().get()));
    }
    Optional<HostAddress> from = Optional.empty();
    if (query.from().isPresent()) {
      from = ask(() -> identity(query.from().get()));
      if (from.isEmpty()) {
        return ask(() -> noPeer(query.from().get()));
      }
    }
    Optional<HostAddress> only = from;
    List<Fields> rows = new ArrayList<>();
    if (host.isEmpty()) {
      TableSlices.read(
          this::ask,
          at ->
              node.overlay
                  .overlay()
                  .queries()
                  .someRoutes(at, route -> addRow(route, only, query, rows)));
      return new Looked.Listed(rows);
    }
    return ask(
        () -> {
          node.overlay
              .overlay()
              .queries()
              .route(host.get())
              .ifPresent(route -> addRow(route, only, query, rows));
          return new Looked.Listed(rows);
        });
  }

  private void addRow(
      RouteDetail route, Optional<HostAddress> from, RouteQuery query, List<Fields> rows) {
    List<RouteDetail.PathDetail> paths = new ArrayList<>();
    for (RouteDetail.PathDetail path : route.paths()) {
      if (from.isEmpty() || from.get().equals(path.fromIdentity())) {
        paths.add(path);
      }
    }
    if (!paths.isEmpty()) {
      rows.add(routeFields.route(route, paths, query.all()));
    }
  }

  /** A host of the block, written as an address or with its length. */
  Optional<HostAddress> host(String text) {
    Block block = node.config.identity().block();
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    if (slash >= 0 && !text.substring(slash + 1).equals(Integer.toString(block.hostLength()))) {
      return Optional.empty();
    }
    return Addresses.parseLiteral(address).flatMap(block::host);
  }

  String notAHost(String text) {
    Block block = node.config.identity().block();
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
    if (peer.equals(LOCAL) || peer.equals(node.config.name().value())) {
      return Optional.of(node.config.identity());
    }
    return PeerChoice.of(peer, node.overlay.overlay().peers()).map(each -> each.info().identity());
  }

  /** Of those who have routes, there is none of this name. */
  Looked noPeer(String text) {
    if (speaker(text).isPresent()) {
      return new Looked.Missing(
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
    for (PeerView each : node.overlay.overlay().peers()) {
      names.add(each.info().name().value());
    }
    return names;
  }

  private static Looked noPeer(String text, SortedSet<String> names) {
    return new Looked.Missing(missing("peer", text, names));
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
  private Looked nobody(String text) {
    SortedSet<String> names = nodeNames();
    node.speakers.view().forEach(each -> names.add(each.host()));
    return noPeer(text, names);
  }

  @Override
  public Looked peer(String peer) {
    return ask(() -> peerNow(peer));
  }

  private Looked peerNow(String text) {
    Optional<PeerDetail> found = detail(text);
    if (found.isEmpty()) {
      return speaker(text).map(this::host).orElseGet(() -> nobody(text));
    }
    HostAddress identity = found.get().view().info().identity();
    Optional<Long> next = Optional.empty();
    for (CandidateView candidate : node.overlay.plane().candidates(node.control.monotonicNanos())) {
      if (candidate.peer().filter(p -> p.identity().equals(identity)).isPresent()) {
        next = candidate.nextAttemptInMillis();
      }
    }
    return new Looked.Found(
        peerFields
            .node(found.get(), node.overlay.plane().remoteOf(identity), next)
            .put("requestsTo", node.forward.addressOf(identity))
            .put("duplicates", ClashViews.of(node, identity)));
  }

  private Looked host(ServiceHostDetail host) {
    SpeakerViews speakers = views.speakers();
    String name = host.view().host();
    return new Looked.Found(
        peerFields
            .host(
                host, speakers.addressOf(name), speakers.endpointOf(name), speakers.services(host))
            // It takes no requests of this node's, and has no identity that another could have.
            .put("requestsTo", "")
            .put("duplicates", List.of()));
  }

  /** A service host, by its configured name or its address in any spelling. */
  private Optional<ServiceHostDetail> speaker(String text) {
    String address = Addresses.parseLiteral(text).map(Addresses::format).orElse("");
    return node.speakers.details().stream()
        .filter(
            each -> {
              String name = each.view().host();
              return name.equals(text) || address.equals(views.speakers().addressOf(name));
            })
        .findFirst();
  }

  private Optional<PeerDetail> detail(String text) {
    Optional<HostAddress> identity = identity(text);
    return identity.flatMap(
        wanted ->
            node.overlay.overlay().queries().peers().stream()
                .filter(each -> each.view().info().identity().equals(wanted))
                .findFirst());
  }

  @Override
  public Looked refused(String peer) {
    return ask(() -> refusedNow(peer));
  }

  private Looked refusedNow(String text) {
    Optional<PeerDetail> found = detail(text);
    if (found.isEmpty()) {
      return speaker(text)
          .<Looked>map(
              host ->
                  new Looked.Found(
                      refusedFields.host(
                          host.view(), views.speakers().addressOf(host.view().host()))))
          .orElseGet(() -> nobody(text));
    }
    PeerView view = found.get().view();
    return new Looked.Found(
        refusedFields.node(
            view,
            node.overlay.overlay().refused().stream()
                .filter(each -> each.peer().identity().equals(view.info().identity()))
                .findFirst()));
  }

  @Override
  public LookingGlass lookingGlass() {
    return new NodeLookingGlass(node, this, views);
  }

  @Override
  public Optional<String> unknownIn(MonitorFilter filter) {
    return ask(
        () -> {
          SortedSet<String> peers = nodeNames();
          node.neighbors.names().forEach(name -> peers.add(name.value()));
          node.config.overlay().reflectors().forEach(name -> peers.add(name.value()));
          node.config.overlay().costs().keySet().forEach(name -> peers.add(name.value()));
          node.config.trust().entitlements().keySet().forEach(name -> peers.add(name.value()));
          SortedSet<String> named = new TreeSet<>(peers);
          node.config.services().forEach(service -> named.add(service.name().value()));
          peers.remove(node.config.name().value());
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

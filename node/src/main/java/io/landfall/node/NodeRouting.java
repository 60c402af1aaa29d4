package io.landfall.node;

import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.node.admin.Fields;
import io.landfall.node.admin.Looked;
import io.landfall.node.admin.LookingGlass;
import io.landfall.node.admin.MonitorFilter;
import io.landfall.node.admin.MonitorWatch;
import io.landfall.node.admin.RefusalReason;
import io.landfall.node.admin.RouteQuery;
import io.landfall.node.admin.RoutingBackend;
import io.landfall.node.config.Similar;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedRoute;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.RouteDetail;
import io.landfall.trust.CandidateView;
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

  NodeRouting(Node node, NodeViews views, NodeMonitor monitor) {
    this.node = node;
    this.views = views;
    this.monitor = monitor;
    this.routeFields = new RouteFields(views::nameOf, views::secondsSince);
    this.peerFields = new PeerFields(views::wallTimeOf, views::secondsSince);
  }

  /** Asks the control thread, and waits for it as long as a person would. */
  <T> T ask(Callable<T> question) {
    return node.control.ask(question).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public Looked routes(RouteQuery query) {
    return ask(() -> routesNow(query));
  }

  private Looked routesNow(RouteQuery query) {
    List<RouteDetail> routes;
    if (query.address().isPresent()) {
      Optional<HostAddress> host = host(query.address().get());
      if (host.isEmpty()) {
        return new Looked.Wrong(notAHost(query.address().get()));
      }
      routes = node.overlay.overlay().inspection().route(host.get()).stream().toList();
    } else {
      routes = node.overlay.overlay().inspection().routes();
    }
    Optional<HostAddress> from = Optional.empty();
    if (query.from().isPresent()) {
      from = identity(query.from().get());
      if (from.isEmpty()) {
        return noPeer(query.from().get());
      }
    }
    List<Fields> rows = new ArrayList<>();
    for (RouteDetail route : routes) {
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
    return new Looked.Listed(rows);
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
    for (PeerView each : node.overlay.overlay().peers()) {
      if (each.info().name().value().equals(peer)
          || each.info().identity().toString().equals(peer)) {
        return Optional.of(each.info().identity());
      }
    }
    return Optional.empty();
  }

  Looked noPeer(String text) {
    SortedSet<String> names = new TreeSet<>();
    for (PeerView each : node.overlay.overlay().peers()) {
      names.add(each.info().name().value());
    }
    String near = Similar.to(text, names).map(name -> "; did you mean " + name + "?").orElse("");
    String all =
        names.isEmpty() ? "; there are no peers" : "; there are " + String.join(", ", names);
    return new Looked.Missing("there is no peer '" + text + "'" + (near.isEmpty() ? all : near));
  }

  @Override
  public Looked peer(String peer) {
    return ask(() -> peerNow(peer));
  }

  private Looked peerNow(String text) {
    Optional<PeerDetail> found = detail(text);
    if (found.isEmpty()) {
      return noPeer(text);
    }
    HostAddress identity = found.get().view().info().identity();
    Optional<Long> next = Optional.empty();
    for (CandidateView candidate : node.discovery.view()) {
      if (candidate.peer().filter(p -> p.identity().equals(identity)).isPresent()) {
        next = candidate.nextAttemptInMillis();
      }
    }
    return new Looked.Found(peerFields.peer(found.get(), node.forward.addressOf(identity), next));
  }

  private Optional<PeerDetail> detail(String text) {
    Optional<HostAddress> identity = identity(text);
    return identity.flatMap(
        wanted ->
            node.overlay.overlay().inspection().peers().stream()
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
      return noPeer(text);
    }
    PeerView view = found.get().view();
    Fields fields =
        new Fields()
            .put("peer", view.info().name().value())
            .put("identity", view.info().identity().toString())
            .put("total", view.counters().refused());
    Optional<RefusedView> refused =
        node.overlay.overlay().refused().stream()
            .filter(each -> each.peer().identity().equals(view.info().identity()))
            .findFirst();
    return new Looked.Found(
        fields
            .put("rules", refused.map(NodeRouting::rules).orElse(List.of()))
            .put("subjects", refused.map(NodeRouting::subjects).orElse(List.of()))
            .put("routes", refused.map(this::refusedRoutes).orElse(List.of()))
            .put("recent", refused.map(this::recent).orElse(List.of())));
  }

  private static List<Fields> rules(RefusedView refused) {
    List<Fields> rows = new ArrayList<>();
    for (RefusedView.RuleCount each : refused.rules()) {
      RefusalReason reason = RefusalReason.of(each.rule());
      rows.add(
          new Fields()
              .put("reason", reason.number())
              .put("rule", each.rule())
              .put("count", each.count())
              .put("meaning", reason.meaning()));
    }
    return rows;
  }

  private static List<Fields> subjects(RefusedView refused) {
    List<Fields> rows = new ArrayList<>();
    for (RefusedView.SubjectCount each : refused.subjects()) {
      rows.add(
          new Fields()
              .put("rule", each.rule())
              .put("subject", each.subject())
              .put("count", each.count()));
    }
    return rows;
  }

  private List<Fields> refusedRoutes(RefusedView refused) {
    List<Fields> rows = new ArrayList<>();
    for (RefusedRoute each : refused.routes()) {
      rows.add(
          new Fields()
              .put("prefix", each.prefix())
              .put("pathId", Integer.toUnsignedLong(each.pathId()))
              .put("reason", RefusalReason.of(each.rule()).number())
              .put("rule", each.rule())
              .put("ageSeconds", views.secondsSince(each.nanos())));
    }
    return rows;
  }

  private List<Fields> recent(RefusedView refused) {
    List<Fields> rows = new ArrayList<>();
    for (RefusedView.Entry each : refused.recent()) {
      rows.add(
          new Fields()
              .put("what", each.what())
              .put("reason", RefusalReason.of(each.rule()).number())
              .put("rule", each.rule())
              .put("count", each.count())
              .put("last", views.wallTimeOf(each.lastNanos()).toString()));
    }
    return rows;
  }

  @Override
  public LookingGlass lookingGlass() {
    return new NodeLookingGlass(node, this, views);
  }

  @Override
  public Optional<MonitorWatch> watch(MonitorFilter filter) {
    return ask(() -> monitor.watch(filter));
  }
}

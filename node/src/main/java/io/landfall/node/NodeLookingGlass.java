package io.landfall.node;

import io.landfall.admin.Fields;
import io.landfall.admin.Looked;
import io.landfall.admin.LookingGlass;
import io.landfall.admin.RefusalReason;
import io.landfall.admin.metrics.Version;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.PeerDetail;
import io.landfall.overlay.PeerView;
import io.landfall.overlay.RefusedRoute;
import io.landfall.overlay.RefusedView;
import io.landfall.overlay.RouteDetail;
import io.landfall.overlay.RouteView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * This node in birdwatcher's words. A peer is a protocol, its name is the peer's name; the overlay
 * table is the one table. Asked on virtual threads, answered by the control thread.
 */
final class NodeLookingGlass implements LookingGlass {
  private static final PathAttributes NO_ATTRIBUTES =
      new PathAttributes(
          Origin.INCOMPLETE,
          List.of(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          OptionalLong.empty());

  private final Node node;
  private final NodeRouting routing;
  private final NodeViews views;
  private final Instant startedAt;

  NodeLookingGlass(Node node, NodeRouting routing, NodeViews views) {
    this.node = node;
    this.routing = routing;
    this.views = views;
    this.startedAt = Instant.ofEpochMilli(node.control.wallMillis());
  }

  @Override
  public Fields status() {
    String now = LookingGlass.time(Instant.ofEpochMilli(node.control.wallMillis()));
    String started = LookingGlass.time(startedAt);
    return new Fields()
        .put("current_server", now)
        .put("server_time", now)
        .put("last_reboot", started)
        .put("last_reconfig", started)
        .put("router_id", BgpIdentifier.text(BgpIdentifier.of(node.config.identity())))
        .put("version", "Landfall " + Version.text())
        .put("message", "Landfall node " + node.config.name() + " is up and running");
  }

  @Override
  public Fields protocols(boolean shortForm) {
    TableCensus census = new TableCensus();
    if (!shortForm) {
      TableSlices.read(routing::ask, from -> node.overlay.overlay().someRoutes(from, census::add));
    }
    return routing.ask(() -> protocolsNow(shortForm, census));
  }

  private Fields protocolsNow(boolean shortForm, TableCensus census) {
    List<PeerView> peers = node.overlay.overlay().peers();
    Map<HostAddress, Integer> refused = new HashMap<>();
    for (RefusedView each : node.overlay.overlay().refused()) {
      refused.put(each.peer().identity(), each.routes().size());
    }
    Fields protocols = new Fields();
    for (PeerDetail peer : node.overlay.overlay().queries().peers()) {
      PeerView view = peer.view();
      boolean up = view.state() == SessionState.ESTABLISHED;
      String since = LookingGlass.time(views.wallTimeOf(view.sinceNanos()));
      String name = view.info().name().value();
      if (shortForm) {
        protocols.put(
            name,
            new Fields()
                .put("proto", "BGP")
                .put("table", "master")
                .put("state", up ? "up" : "down")
                .put("since", since)
                .put("info", NodeViews.word(view.state())));
        continue;
      }
      boolean addPath = peer.session().negotiated().filter(n -> n.addPathSend() != 0).isPresent();
      boolean reflector = node.config.overlay().reflector();
      long exported = up ? census.exported(view, reflector, addPath, peers) : 0;
      protocols.put(
          name,
          protocol(peer, since)
              .put(
                  "routes",
                  new Fields()
                      .put("imported", view.acceptedPaths())
                      .put("filtered", refused.getOrDefault(view.info().identity(), 0))
                      .put("exported", exported)
                      .put("preferred", census.preferred(view.info().name()))));
    }
    return protocols;
  }

  private Fields protocol(PeerDetail peer, String since) {
    PeerView view = peer.view();
    boolean up = view.state() == SessionState.ESTABLISHED;
    PeerView.Counters counters = view.counters();
    return new Fields()
        .put("protocol", view.info().name().value())
        .put("bird_protocol", "BGP")
        .put("table", "master")
        .put("state", up ? "up" : "start")
        .put("state_changed", since)
        .put("uptime", up ? since : "")
        .put("connection", capitalised(view.state()))
        .put("bgp_state", capitalised(view.state()))
        .put("description", description(view))
        .put("neighbor_address", view.info().identity().toString())
        .put("neighbor_as", Integer.toUnsignedLong(peer.session().config().remoteAs()))
        .put("neighbor_id", BgpIdentifier.text(BgpIdentifier.of(view.info().identity())))
        .put("source_address", node.config.identity().toString())
        .put("session", "internal multihop AS4")
        .put("last_error", view.lastDown().map(reason -> reason.text()).orElse(""))
        .put(
            "route_changes",
            new Fields()
                .put(
                    "import_updates",
                    new Fields()
                        .put("received", counters.announcementsReceived())
                        .put("filtered", counters.refused()))
                .put(
                    "import_withdraws",
                    new Fields().put("received", counters.withdrawalsReceived()))
                .put("export_updates", new Fields().put("accepted", counters.announcementsSent()))
                .put("export_withdraws", new Fields().put("accepted", counters.withdrawalsSent())));
  }

  private static String description(PeerView view) {
    return "node "
        + view.info().name()
        + " ("
        + view.info().relation().name().toLowerCase(java.util.Locale.ROOT)
        + ")";
  }

  private static String capitalised(SessionState state) {
    String word = NodeViews.word(state);
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  @Override
  public Looked routes(Which which, String peer) {
    Optional<HostAddress> identity = routing.ask(() -> routing.identity(peer));
    if (identity.isEmpty()) {
      return routing.ask(() -> routing.noPeer(peer));
    }
    return new Looked.Listed(
        switch (which) {
          case ACCEPTED -> accepted(identity);
          case REFUSED -> routing.ask(() -> refused(identity.get()));
          case NOT_EXPORTED -> notExported(identity.get());
        });
  }

  @Override
  public Looked table(Which which) {
    if (which != Which.REFUSED) {
      return new Looked.Listed(accepted(Optional.empty()));
    }
    return routing.ask(
        () -> {
          List<Fields> rows = new ArrayList<>();
          node.overlay.overlay().refused().forEach(peer -> rows.addAll(refused(peer)));
          return new Looked.Listed(rows);
        });
  }

  @Override
  public Looked net(String net) {
    return routing.ask(() -> netNow(net));
  }

  private Looked netNow(String net) {
    Optional<HostAddress> host = routing.host(net);
    if (host.isEmpty()) {
      return new Looked.Wrong(routing.notAHost(net));
    }
    List<Fields> rows = new ArrayList<>();
    node.overlay
        .overlay()
        .queries()
        .route(host.get())
        .ifPresent(route -> route.paths().forEach(path -> rows.add(row(route, path))));
    return new Looked.Listed(rows);
  }

  /** The rows of the paths that a test selects by who told them; read in slices. */
  private List<Fields> rows(Predicate<HostAddress> toldBy) {
    List<Fields> rows = new ArrayList<>();
    TableSlices.read(
        routing::ask,
        from ->
            node.overlay
                .overlay()
                .queries()
                .someRoutes(
                    from,
                    route -> {
                      for (RouteDetail.PathDetail path : route.paths()) {
                        if (toldBy.test(path.fromIdentity())) {
                          rows.add(row(route, path));
                        }
                      }
                    }));
    return rows;
  }

  private List<Fields> accepted(Optional<HostAddress> from) {
    return rows(teller -> from.isEmpty() || from.get().equals(teller));
  }

  /** Paths that others told and that, as iBGP has it, the peer does not hear from this node. */
  private List<Fields> notExported(HostAddress to) {
    SortedSet<HostAddress> clients = routing.ask(this::clients);
    HostAddress own = node.config.identity();
    return clients.contains(to)
        ? List.of()
        : rows(from -> !from.equals(own) && !from.equals(to) && !clients.contains(from));
  }

  /** Whom this node reflects for; its own routes go to everybody. */
  private SortedSet<HostAddress> clients() {
    SortedSet<HostAddress> clients = new TreeSet<>();
    if (node.config.overlay().reflector()) {
      for (PeerView peer : node.overlay.overlay().peers()) {
        if (peer.info().relation().isClient()) {
          clients.add(peer.info().identity());
        }
      }
    }
    return clients;
  }

  private Fields row(RouteDetail route, RouteDetail.PathDetail path) {
    RouteView.PathView view = path.path();
    return row(
            route.host() + "/" + route.host().block().hostLength(),
            view.nextHop().toString(),
            path.fromIdentity().toString(),
            RouteFields.from(view))
        .put("age", LookingGlass.time(views.wallTimeOf(view.learnedAtNanos())))
        .put("primary", view.best())
        .put("metric", path.attributes().localPref().orElse(100))
        .put("bgp", RouteFields.birdwatcher(path.attributes(), List.of()));
  }

  private static Fields row(String network, String gateway, String learntFrom, String protocol) {
    return new Fields()
        .put("network", network)
        .put("gateway", gateway)
        .put("interface", "overlay")
        .put("from_protocol", protocol)
        .put("learnt_from", learntFrom)
        .put("type", List.of("BGP", "unicast", "univ"));
  }

  private List<Fields> refused(HostAddress peer) {
    return node.overlay.overlay().refused().stream()
        .filter(each -> each.peer().identity().equals(peer))
        .findFirst()
        .map(this::refused)
        .orElse(List.of());
  }

  private List<Fields> refused(RefusedView refused) {
    String name = refused.peer().name().value();
    String peer = refused.peer().identity().toString();
    long asn = node.config.overlay().asn();
    List<Fields> rows = new ArrayList<>();
    for (RefusedRoute route : refused.routes()) {
      long reason = RefusalReason.of(route.rule()).number();
      PathAttributes attributes = route.attributes().orElse(NO_ATTRIBUTES);
      rows.add(
          // Alice-LG keeps only refused routes whose gateway is the peer.
          row(route.prefix(), peer, peer, name)
              .put("age", LookingGlass.time(views.wallTimeOf(route.nanos())))
              .put("primary", false)
              .put("metric", attributes.localPref().orElse(0))
              .put(
                  "bgp",
                  RouteFields.birdwatcher(attributes, List.of(List.of(asn, REJECTED, reason)))));
    }
    return rows;
  }
}

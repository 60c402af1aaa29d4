package io.landfall.node;

import io.landfall.admin.LookingGlass;
import io.landfall.admin.QueryResult;
import io.landfall.admin.json.JsonObject;
import io.landfall.admin.metrics.Version;
import io.landfall.bgp.Origin;
import io.landfall.bgp.PathAttributes;
import io.landfall.bgp.SessionState;
import io.landfall.core.HostAddress;
import io.landfall.overlay.BgpIdentifier;
import io.landfall.overlay.Overlay;
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
  /** The name of the one table. */
  private static final String TABLE = "master";

  private static final PathAttributes NO_ATTRIBUTES =
      new PathAttributes(
          Origin.INCOMPLETE,
          List.of(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          PathAttributes.Reflection.NONE,
          PathAttributes.Communities.NONE,
          OptionalLong.empty());

  private final ConfigInForce config;
  private final Overlay overlay;
  private final ControlQuestions questions;
  private final NodeRouting routing;
  private final ControlTime time;
  private final Instant startedAt;

  NodeLookingGlass(
      ConfigInForce config,
      Overlay overlay,
      ControlQuestions questions,
      NodeRouting routing,
      ControlTime time) {
    this.config = config;
    this.overlay = overlay;
    this.questions = questions;
    this.routing = routing;
    this.time = time;
    this.startedAt = Instant.ofEpochMilli(time.clock().wallMillis());
  }

  @Override
  public JsonObject status() {
    String now = LookingGlass.time(Instant.ofEpochMilli(time.clock().wallMillis()));
    String started = LookingGlass.time(startedAt);
    return new JsonObject()
        .put("current_server", now)
        .put("server_time", now)
        .put("last_reboot", started)
        .put("last_reconfig", config.changedAt().map(LookingGlass::time).orElse(started))
        .put("router_id", BgpIdentifier.text(BgpIdentifier.of(config.get().identity())))
        .put("version", "Landfall " + Version.text())
        .put("message", "Landfall node " + config.get().name() + " is up and running");
  }

  @Override
  public JsonObject protocols(Protocols which) {
    if (which == Protocols.SHORT) {
      return questions.ask(this::states);
    }
    TableCensus census = new TableCensus();
    TableSlices.read(questions, from -> overlay.someRoutes(from, census::add));
    return questions.ask(() -> protocolsNow(which == Protocols.ALL, census));
  }

  private JsonObject states() {
    JsonObject protocols = new JsonObject();
    for (PeerDetail peer : overlay.queries().peers()) {
      PeerView view = peer.view();
      protocols.put(
          view.info().name().value(),
          new JsonObject()
              .put("proto", "BGP")
              .put("table", TABLE)
              .put("state", isUp(view) ? "up" : "down")
              .put("since", LookingGlass.time(time.wallTimeOf(view.sinceNanos())))
              .put("info", PeerRows.word(view.state())));
    }
    return protocols;
  }

  private JsonObject protocolsNow(boolean withPipe, TableCensus census) {
    List<PeerView> peers = overlay.peers();
    Map<HostAddress, Integer> refused = new HashMap<>();
    for (RefusedView each : overlay.refused()) {
      refused.put(each.peer().identity(), each.routes().size());
    }
    long piped = 0;
    JsonObject protocols = new JsonObject();
    for (PeerDetail peer : overlay.queries().peers()) {
      PeerView view = peer.view();
      boolean addPath = peer.session().negotiated().filter(n -> n.addPathSend() != 0).isPresent();
      boolean reflector = config.get().overlay().reflection().reflector();
      long exported = isUp(view) ? census.exported(view, reflector, addPath, peers) : 0;
      piped += isUp(view) ? view.acceptedPaths() : 0;
      protocols.put(
          view.info().name().value(),
          protocol(peer, LookingGlass.time(time.wallTimeOf(view.sinceNanos())))
              .put(
                  "routes",
                  new JsonObject()
                      .put("imported", view.acceptedPaths())
                      .put("filtered", refused.getOrDefault(view.info().identity(), 0))
                      .put("exported", exported)
                      .put("preferred", census.preferred(view.info().name()))));
    }
    return withPipe ? protocols.put(PIPE, pipe(piped)) : protocols;
  }

  private static boolean isUp(PeerView view) {
    return view.state() == SessionState.ESTABLISHED;
  }

  /** All that the peers that are up have brought in passes it. */
  private JsonObject pipe(long paths) {
    return new JsonObject()
        .put("protocol", PIPE)
        .put("bird_protocol", "Pipe")
        .put("table", TABLE)
        .put("state", "up")
        .put("state_changed", LookingGlass.time(startedAt))
        .put("routes", new JsonObject().put("imported", paths).put("exported", 0));
  }

  private JsonObject protocol(PeerDetail peer, String since) {
    PeerView view = peer.view();
    boolean up = isUp(view);
    PeerView.Counters counters = view.counters();
    return new JsonObject()
        .put("protocol", view.info().name().value())
        .put("bird_protocol", "BGP")
        .put("table", TABLE)
        .put("state", up ? "up" : "start")
        .put("state_changed", since)
        .put("uptime", up ? since : "")
        .put("connection", capitalised(view.state()))
        .put("bgp_state", capitalised(view.state()))
        .put("description", description(view))
        .put("neighbor_address", view.info().identity().toString())
        .put("neighbor_as", peer.session().config().remoteAs().number())
        .put("neighbor_id", BgpIdentifier.text(BgpIdentifier.of(view.info().identity())))
        .put("source_address", config.get().identity().toString())
        .put("session", "internal multihop AS4")
        .put("last_error", view.lastDown().map(reason -> reason.text()).orElse(""))
        .put(
            "route_changes",
            new JsonObject()
                .put(
                    "import_updates",
                    new JsonObject()
                        .put("received", counters.received().announcements())
                        .put("filtered", counters.refused()))
                .put(
                    "import_withdraws",
                    new JsonObject().put("received", counters.received().withdrawals()))
                .put(
                    "export_updates",
                    new JsonObject().put("accepted", counters.sent().announcements()))
                .put(
                    "export_withdraws",
                    new JsonObject().put("accepted", counters.sent().withdrawals())));
  }

  private static String description(PeerView view) {
    return "node "
        + view.info().name()
        + " ("
        + view.info().relation().name().toLowerCase(java.util.Locale.ROOT)
        + ")";
  }

  private static String capitalised(SessionState state) {
    String word = PeerRows.word(state);
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  @Override
  public QueryResult<List<JsonObject>> routes(Which which, String peer) {
    Optional<HostAddress> identity = questions.ask(() -> routing.identity(peer));
    if (identity.isEmpty()) {
      return questions.ask(() -> routing.noPeer(peer));
    }
    return new QueryResult.Found<>(
        switch (which) {
          case ACCEPTED -> accepted(identity);
          case REFUSED -> questions.ask(() -> refused(identity.get()));
          case NOT_EXPORTED -> notExported(identity.get());
        });
  }

  @Override
  public QueryResult<List<JsonObject>> table(Which which) {
    if (which != Which.REFUSED) {
      return new QueryResult.Found<>(accepted(Optional.empty()));
    }
    return questions.ask(
        () -> {
          List<JsonObject> rows = new ArrayList<>();
          overlay.refused().forEach(peer -> rows.addAll(refused(peer)));
          return new QueryResult.Found<>(rows);
        });
  }

  @Override
  public QueryResult<List<JsonObject>> net(String net) {
    return questions.ask(() -> netNow(net));
  }

  private QueryResult<List<JsonObject>> netNow(String net) {
    Optional<HostAddress> host = routing.host(net);
    if (host.isEmpty()) {
      return new QueryResult.Wrong<>(routing.notAHost(net));
    }
    List<JsonObject> rows = new ArrayList<>();
    overlay
        .queries()
        .route(host.get())
        .ifPresent(route -> route.paths().forEach(path -> rows.add(row(route, path))));
    return new QueryResult.Found<>(rows);
  }

  /** The rows of the paths that a test selects by their peer; read in slices. */
  private List<JsonObject> rows(Predicate<HostAddress> toldBy) {
    List<JsonObject> rows = new ArrayList<>();
    TableSlices.read(
        questions,
        from ->
            overlay
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

  private List<JsonObject> accepted(Optional<HostAddress> from) {
    return rows(teller -> from.isEmpty() || from.get().equals(teller));
  }

  /** Paths from other peers that, by the rules of iBGP, are not advertised to this peer. */
  private List<JsonObject> notExported(HostAddress to) {
    SortedSet<HostAddress> clients = questions.ask(this::clients);
    HostAddress own = config.get().identity();
    return clients.contains(to)
        ? List.of()
        : rows(from -> !from.equals(own) && !from.equals(to) && !clients.contains(from));
  }

  /** Whom this node reflects for; its own routes go to everybody. */
  private SortedSet<HostAddress> clients() {
    SortedSet<HostAddress> clients = new TreeSet<>();
    if (config.get().overlay().reflection().reflector()) {
      for (PeerView peer : overlay.peers()) {
        if (peer.info().relation().isClient()) {
          clients.add(peer.info().identity());
        }
      }
    }
    return clients;
  }

  private JsonObject row(RouteDetail route, RouteDetail.PathDetail path) {
    RouteView.PathView view = path.path();
    return row(
            route.host() + "/" + route.host().block().hostLength(),
            view.nextHop().toString(),
            path.fromIdentity().toString(),
            RouteRows.from(view))
        .put("age", LookingGlass.time(time.wallTimeOf(view.learned().atNanos())))
        .put("primary", view.best())
        .put("metric", path.attributes().localPref().orElse(100))
        .put("bgp", BirdwatcherAttributes.of(path.attributes(), List.of()));
  }

  private static JsonObject row(
      String network, String gateway, String learntFrom, String protocol) {
    return new JsonObject()
        .put("network", network)
        .put("gateway", gateway)
        .put("interface", "overlay")
        .put("from_protocol", protocol)
        .put("learnt_from", learntFrom)
        .put("type", List.of("BGP", "unicast", "univ"));
  }

  private List<JsonObject> refused(HostAddress peer) {
    return overlay.refused().stream()
        .filter(each -> each.peer().identity().equals(peer))
        .findFirst()
        .map(this::refused)
        .orElse(List.of());
  }

  private List<JsonObject> refused(RefusedView refused) {
    String name = refused.peer().name().value();
    String peer = refused.peer().identity().toString();
    long asn = config.get().overlay().asn().number();
    List<JsonObject> rows = new ArrayList<>();
    for (RefusedRoute route : refused.routes()) {
      long reason = RefusalRules.number(route.rule());
      PathAttributes attributes = route.attributes().orElse(NO_ATTRIBUTES);
      rows.add(
          // Alice-LG keeps only refused routes whose gateway is the peer.
          row(route.prefix(), peer, peer, name)
              .put("age", LookingGlass.time(time.wallTimeOf(route.nanos())))
              .put("primary", false)
              .put("metric", attributes.localPref().orElse(0))
              .put(
                  "bgp",
                  BirdwatcherAttributes.of(attributes, List.of(List.of(asn, REJECTED, reason)))));
    }
    return rows;
  }
}

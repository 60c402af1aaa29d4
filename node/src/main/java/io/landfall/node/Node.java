package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.admin.CommandResult;
import io.landfall.config.NodeConfig;
import io.landfall.control.ControlEvent;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.core.FailureText;
import io.landfall.core.GivenSockets;
import io.landfall.core.ListeningSocket;
import io.landfall.core.NodeName;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.server.EdgeServer;
import io.landfall.node.bfd.OverlayBfd;
import io.landfall.node.peering.PlainNeighbors;
import io.landfall.node.watch.RouteMonitoring;
import io.landfall.overlay.Overlay;
import io.landfall.signal.LocalSignals;
import io.landfall.transport.Sockets;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.trust.Revocations;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the composition root of both planes.
 *
 * <p>Plane two ({@link ControlPlane}), BFD and plane one are machines on one control thread; the
 * edge runs on its own event loops and reads one immutable snapshot. The arrows that do not exist
 * here are as important as those that do: nothing hands a signal, a route or a request to ingress.
 * Ingress receives events of the operator, of the edge's listeners, and of its own sessions.
 */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  final NodeConfig config;
  final ConfigInForce inForce;
  final Configurations configurations;
  final NodeTrust trust;
  final ControlLoop control;
  final Neighbors neighbors;
  final ControlDriver overlay;
  final Probes probes;
  final IngressDriver ingress;
  final Snapshots snapshots;
  final ForwardDialer forward;
  final OutgoingConnections outgoing;
  final FleetPurges purges;
  final NodeAcme acme;
  final RequestChannels requests;
  final OverlayPort port;
  final OverlayBfd bfd;
  final NodeMonitor monitor;
  final ServiceHostDriver serviceHosts;
  final RouteMonitoring watching;
  final OperatorFile operators;
  final MaintenanceSwitch maintenance;
  final PlainNeighbors plain;
  final Backends backends;
  final BackendNames names;
  final EventLoopGroup controlLoops = Sockets.loops(1, "landfall-control");
  final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean closed = new AtomicBoolean();
  final NodeEffects effects = new NodeEffects(this);
  final RevocationWatch revocations;
  final CertificateWatch certificates;
  final NodeRecords records;
  final Inheritance inherited;
  final ControlListeners listeners;
  volatile @Nullable EdgeServer edge;
  volatile @Nullable AdminServer admin;

  private Node(StartPlan plan, Runnable onBroken, Inheritance inherited) throws StartFailed {
    this.inherited = inherited;
    this.listeners = new ControlListeners(inherited.sockets());
    this.config = plan.config();
    this.trust = plan.trust();
    this.operators = plan.operators();
    this.inForce = new ConfigInForce(config);
    maintenance = new MaintenanceSwitch(inForce::services, operators, this::edge);
    control = new ControlLoop(controlLoops.next(), onBroken);
    backends = Backends.of(plan, control.monotonicNanos());
    names = new BackendNames(backends, plan.names().lookup(), control, background, effects::moved);
    neighbors = new Neighbors(config.name(), config.identity());
    overlay =
        new ControlDriver(
            new ControlPlane(
                Translate.control(config),
                new Overlay(Translate.overlay(inForce, neighbors), Node::random),
                new LocalSignals(Translate.signalSpecs(config), control.monotonicNanos()),
                neighbors,
                Node::random),
            control,
            effects);
    int mostHeaderBytes = EdgeFromConfig.limitsOf(config).maxHeaderBytes();
    probes = new Probes(control, backends, overlay::apply, effects::moved, mostHeaderBytes);
    overlay.readBeforeTicks(probes::read);
    bfd =
        new OverlayBfd(
            config.overlay().bfd(),
            config.overlay().reach().listen(),
            control,
            (node, path) -> overlay.apply(new ControlEvent.PathProved(node, path)));
    requests = new RequestChannels(control, overlay.plane()::judgeRequests);
    monitor = new NodeMonitor(control, overlay, new IdentityNames(inForce, neighbors)::of);
    watching = OverlayWatching.of(config.operation().watch(), overlay, control);
    plain = PlainBgp.of(config, controlLoops, control, overlay, neighbors);
    serviceHosts =
        ServiceHostDriver.of(
            config,
            controlLoops,
            control,
            what -> overlay.apply(new ControlEvent.OfServiceHost(what)));
    port = trust.port(control, new OverlayConnections(overlay, requests, this::edge, this::port));
    forward = new ForwardDialer(port.dialer());
    snapshots =
        new Snapshots(config, overlay.plane().published(), backends, control::monotonicNanos);
    purges = NodeCache.purges(inForce, control, () -> Optional.ofNullable(edge), snapshots::view);
    RequestQuestions asks = RequestQuestions.of(config, control, background, this::edge);
    acme = NodeAcme.of(config, control, background, purges, asks);
    BetweenNodes nodes = acme.nodes();
    HostLookup lookup = plan.names().lookup();
    outgoing =
        new OutgoingConnections(control, background, lookup, port.dialer(), overlay::apply, nodes);
    revocations = RevocationWatch.of(this, background, this::revoke);
    certificates = CertificateWatch.of(config, plan.edge(), control, background);
    ingress = IngressDriver.of(plan.ingress(), control);
    records = new NodeRecords(config);
    configurations = new Configurations(plan, control, background, new ConfigSwitch(this));
  }

  private NavigableSet<NodeName> revoke(Revocations list) {
    trust.admission().revoke(list);
    overlay.apply(new ControlEvent.Revoke(list));
    return effects.lastCut();
  }

  private OverlayPort port() {
    return port;
  }

  private static long random(long bound) {
    return ThreadLocalRandom.current().nextLong(bound);
  }

  /**
   * Starts a node: nothing listens until every file was read and found good.
   *
   * @param onBroken called when an invariant of the control plane broke; the process should end
   * @throws StartFailed naming what is wrong; nothing is left running
   */
  public static Node start(NodeConfig config, Runnable onBroken) throws StartFailed {
    Findings findings = new Findings(config);
    Optional<StartPlan> plan =
        StartPlan.of(
            config, WallClock.INSTANCE, HostLookup.SYSTEM, NodeCheck.Purpose.RUN, findings);
    if (plan.isEmpty()) {
      throw findings.failure();
    }
    return start(plan.get(), onBroken, Inheritance.none());
  }

  /**
   * Starts what was prepared. One that takes over accepts no clients yet, and dials no upstream.
   *
   * @param inherited what it has of the process that it takes over from
   * @throws StartFailed naming what is wrong; nothing is left running
   */
  static Node start(StartPlan plan, Runnable onBroken, Inheritance inherited) throws StartFailed {
    Node node = new Node(plan, onBroken, inherited);
    try {
      node.open(plan.edge());
      return node;
    } catch (StartFailed e) {
      node.close();
      throw e;
    }
  }

  private void open(EdgeSettings edgeSettings) throws StartFailed {
    EdgeFromConfig.logWhatIsLess(config);
    if (inherited.takesOver()) {
      // Before anybody can ask for a change, which the other process would not have if it went on.
      configurations.holdFromStart();
    }
    openAdmin(inherited.sockets());
    EdgeServer started = NodeStarting.edge(this, edgeSettings);
    edge = started;
    OverlayListeners.bind(this, started);
    PlainBgp.listen(plain, config, listeners);
    serviceHosts.listen(listeners);
    control.execute(() -> NodeStarting.begin(this));
    if (!inherited.takesOver()) {
      acme.start();
    }
    CacheWatch.start(inForce, control, overlay, this::edge, background);
    log.atInfo()
        .addKeyValue("name", config.name())
        .addKeyValue("identity", config.identity())
        .addKeyValue("overlay", Places.endpoint(config.overlay().reach().listen()))
        .addKeyValue("services", config.services().size())
        .log("node up");
  }

  /**
   * Opens the admin socket, and what is beside it.
   *
   * @param given TCP sockets that are open already
   * @throws StartFailed when one cannot be had
   */
  void openAdmin(GivenSockets given) throws StartFailed {
    ControlQuestions questions = new ControlQuestions(control);
    NodeViews views = views();
    NodeMetrics.Sources numbers = NodeMetrics.Sources.of(this);
    try {
      admin =
          AdminServer.start(
              Translate.admin(config),
              backend(questions, views),
              () -> NodeMetrics.of(questions, numbers, views),
              given);
    } catch (IOException e) {
      throw new StartFailed("admin", FailureText.of(e), e);
    }
  }

  /** Closes the admin socket, and what is beside it. */
  void closeAdmin() {
    AdminServer open = admin;
    admin = null;
    if (open != null) {
      open.close();
    }
  }

  /** The TCP listening sockets beside the admin socket. */
  List<ListeningSocket> adminSockets() {
    AdminServer open = admin;
    return open == null ? List.of() : open.sockets();
  }

  /** What is shown of it. */
  NodeViews views() {
    ControlTime time = new ControlTime(control);
    HostRows hosts = hosts(time);
    return new NodeViews(
        new PeerRows(
            overlay.overlay(),
            overlay.plane(),
            new DuplicateRows(overlay.plane(), config.name()),
            hosts,
            time,
            config.overlay().asn().number()),
        new ServiceRows(
            inForce::services,
            overlay.plane().signals(),
            ServiceRows.Data.of(snapshots, backends, this::edge, maintenance),
            hosts,
            time),
        new RefusedRows(
            inForce::services,
            overlay.overlay(),
            ingress::refused,
            () -> port.refusals().rows(),
            hosts,
            time),
        () -> ingress.view().with(operators.shown()),
        () -> bfd.rows(ingress.bfdRows()),
        revocations::view,
        new TlsRows(certificates, acme::statuses, control)::all);
  }

  private HostRows hosts(ControlTime time) {
    return new HostRows(config.serviceBgp().hosts(), inForce::services, serviceHosts::view, time);
  }

  private NodeAdmin backend(ControlQuestions questions, NodeViews views) {
    ControlTime time = new ControlTime(control);
    HostRows hosts = hosts(time);
    NodeRouting routing =
        new NodeRouting(
            inForce,
            questions,
            overlay,
            neighbors,
            monitor,
            new NodeRouting.Views(
                new RouteRows(new IdentityNames(inForce, neighbors)::of, time),
                new PeerReports(new SessionReports(time), hosts),
                views.refused(),
                new DuplicateRows(overlay.plane(), config.name()),
                hosts,
                serviceHosts::details,
                forward::addressOf,
                time));
    return new NodeAdmin(
        questions,
        views,
        routing,
        new NodeCommands(
            config.name(),
            questions,
            overlay,
            ingress,
            monitor,
            new NodeCommands.Kept(operators, backends, maintenance)),
        NodeAdmin.Reads.of(this),
        new NodeCache(
            inForce,
            () -> Optional.ofNullable(edge),
            purges,
            snapshots::view,
            service -> questions.ask(() -> overlay.plane().signals().whyCold(service))));
  }

  /** Reads again what can change while the node runs, for whoever asks; blocks. */
  CommandResult reload(String actor) {
    return Reloads.all(configurations.reload(actor), trust.own().reload(this), this);
  }

  /** The running edge; null only before the start has got so far. */
  @Nullable EdgeServer edge() {
    return edge;
  }

  /** How many connections other nodes have open here for forwarded requests. */
  int requestConnections() {
    return requests.size();
  }

  /**
   * Leaves in good order. Where the public prefixes are announced, they carry GRACEFUL_SHUTDOWN for
   * the drain's wait and are then withdrawn (RFC 8326), and until then clients are served as in a
   * drain. Then services are withdrawn, every peer has processed that, no client is accepted any
   * more, requests in progress finish within {@code shutdown.grace}, and everything closes.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      NodeLeaving.close(this);
    }
  }

  /**
   * Leaves behind a process that has taken over: requests in progress finish within {@code
   * shutdown.grace}, and everything closes.
   *
   * @param passed the upstreams whose sessions that has
   */
  void closeBehindSuccessor(Set<String> passed) {
    if (closed.compareAndSet(false, true)) {
      NodeLeaving.closeBehindSuccessor(this, passed);
    }
  }

  /** Whether it is being closed. */
  boolean isClosed() {
    return closed.get();
  }
}

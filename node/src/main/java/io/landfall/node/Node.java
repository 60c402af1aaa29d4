package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.admin.SocketText;
import io.landfall.bfd.PathLiveness;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.HostAddress;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeServer;
import io.landfall.edge.EdgeStart;
import io.landfall.node.bfd.OverlayBfd;
import io.landfall.node.bgptcp.PlainNeighbors;
import io.landfall.node.link.BgpLink;
import io.landfall.node.link.OverlayPort;
import io.landfall.node.link.Sockets;
import io.landfall.node.watch.Watching;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEffect;
import io.landfall.overlay.OverlayEvent;
import io.landfall.overlay.PeerInfo;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalChange;
import io.landfall.trust.Candidates;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Holder;
import io.landfall.trust.PeerIdentity;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the composition root of both planes.
 *
 * <p>Overlay, ingress, signals and trust are state objects on one control thread; the edge runs on
 * its own event loops and reads one immutable snapshot. The arrows that do not exist here are as
 * important as those that do: nothing hands a signal, a route or a request to ingress. Ingress
 * hears of the operator, of the edge's listeners, and of its own sessions.
 */
public final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");
  private static final long SHUTDOWN_BARRIER = -1;

  final NodeConfig config;
  final NodeTrust trust;
  final ControlLoop control;
  final NodeNames names;
  final Clashes clashes;
  final SignalDriver signals;
  final OverlayDriver overlay;
  final IngressDriver ingress;
  final Discovery discovery;
  final Snapshots snapshots;
  private final Publication publication;
  private final StartHold startHold;
  final ForwardDialer forward;
  final ForwardLinks links;
  final OverlayPort port;
  final OverlayBfd bfd;
  final NodeMonitor monitor;
  final SpeakerDriver speakers;
  final Watching watching;
  private final PlainNeighbors plain;
  private final Backends backends;
  private final EventLoopGroup controlLoops = Sockets.loops(1, "landfall-control");
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<ServiceName, ServiceConfig> services = new LinkedHashMap<>();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final PeerRights rights;
  private final RightsCheck rightsCheck;
  final RevocationWatch revocations;
  private volatile @Nullable EdgeServer edge;
  private @Nullable AdminServer admin;

  private Node(NodeConfig config, NodeTrust trust, Backends backends, Runnable onBroken)
      throws StartFailed {
    this.config = config;
    this.trust = trust;
    this.backends = backends;
    for (ServiceConfig service : config.services()) {
      services.put(service.name(), service);
    }
    control = new ControlLoop(controlLoops.next(), onBroken);
    names = new NodeNames(config.name(), config.identity());
    clashes = new Clashes(control, config.identity());
    signals =
        new SignalDriver(
            new LocalSignals(Translate.signalSpecs(config), control.monotonicNanos()),
            control,
            new SignalWiring());
    overlay =
        new OverlayDriver(
            new Overlay(Translate.overlay(config, names), Node::random),
            control,
            this::identityOf,
            this::isService,
            node -> Translate.relation(config, node),
            new OverlayWiring());
    bfd =
        new OverlayBfd(
            config.overlay().bfd(), config.overlay().listen(), control, this::pathProved);
    rights = PeerRights.of(this);
    monitor = NodeMonitor.of(control, overlay, names, config.services());
    watching = OverlayWatching.of(config.watch(), overlay, control);
    plain = PlainBgp.of(config, controlLoops, control, overlay, names);
    speakers = SpeakerDriver.of(config, controlLoops, control, signals);
    port = trust.port(control, newcomers());
    forward = new ForwardDialer(port);
    discovery =
        new Discovery(
            new Candidates(Node::random), control, background, port, this::candidateConnected);
    int listenPort = config.overlay().listen().getPort();
    links =
        new ForwardLinks(
            new ForwardLinks.Parts(
                control, forward, overlay, names, discovery::portsOf, listenPort, Node::random),
            this::nodeChanged,
            this::tellPeerLeft,
            this::tellPeerLost,
            clashes);
    rightsCheck = new RightsCheck(this, rights, this::tellPeerLost);
    revocations = RevocationWatch.of(this, background, rightsCheck::revoke);
    ingress = IngressDriver.of(config, control);
    snapshots =
        new Snapshots(
            config,
            overlay.overlay(),
            signals.signals(),
            names,
            links::whyNot,
            backends.addresses());
    publication = new Publication(snapshots, config.services(), control, this::published);
    startHold = StartHold.of(this, this::started);
  }

  private Newcomers newcomers() {
    return new Newcomers(
        overlay, rights, names, clashes, this::edge, new RefusedAtPort(() -> port, control));
  }

  private void candidateConnected(PeerIdentity peer) {
    links.portsChanged(peer.identity());
  }

  private @Nullable HostAddress identityOf(ServiceName service) {
    ServiceConfig known = services.get(service);
    return known == null ? null : known.identity();
  }

  private boolean isService(HostAddress identity) {
    return services.values().stream().anyMatch(known -> known.identity().equals(identity));
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
    NodeTrust trust = NodeTrust.load(config, WallClock.INSTANCE);
    Backends backends = Backends.resolve(config);
    io.landfall.edge.EdgeConfig edgeConfig =
        EdgeSettings.of(config, Math.max(1, Runtime.getRuntime().availableProcessors()));
    Node node = new Node(config, trust, backends, onBroken);
    try {
      node.open(edgeConfig);
      return node;
    } catch (StartFailed e) {
      node.close();
      throw e;
    }
  }

  private void open(io.landfall.edge.EdgeConfig edgeConfig) throws StartFailed {
    NodeAdmin backend = new NodeAdmin(this);
    try {
      admin = AdminServer.start(Translate.admin(config), backend, backend::metrics);
    } catch (IOException e) {
      throw new StartFailed("admin: " + e.getMessage(), e);
    }
    EdgeServer started =
        switch (EdgeServer.start(
            edgeConfig, new EdgeWiring(snapshots, forward, backends, control, signals, ingress))) {
          case EdgeStart.Started(EdgeServer server) -> server;
          case EdgeStart.CannotListen no ->
              throw new StartFailed(
                  "edge.listen "
                      + SocketText.of(no.listener())
                      + ": "
                      + SocketText.clean(no.why()));
        };
    edge = started;
    var bound =
        port.bind(config.overlay().listen(), started.eventLoops(), started.eventLoops())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartFailed(
          "overlay.listen "
              + SocketText.of(config.overlay().listen())
              + ": "
              + SocketText.why(bound.cause()),
          bound.cause());
    }
    OverlayPaths.bind(bfd);
    PlainBgp.listen(plain, config);
    speakers.listen();
    control.execute(
        () -> {
          signals.tick();
          Translate.endpoint(config).ifPresent(at -> overlay.apply(new OverlayEvent.ReachedAt(at)));
          watching.start();
          plain.start();
          speakers.start();
          ingress.start();
          discovery.start(
              config.overlay().candidates().stream()
                  .map(c -> new Endpoint(c.host(), c.port()))
                  .toList());
          rightsCheck.start();
          revocations.start();
          startHold.start();
        });
    log.info(
        "node up name={} identity={} overlay={} services={}",
        config.name(),
        config.identity(),
        Places.endpoint(config.overlay().listen()),
        config.services().size());
  }

  /** The service of this name, if this node knows it. */
  @Nullable ServiceConfig service(ServiceName name) {
    return services.get(name);
  }

  /** The running edge; null only before the start has got so far. */
  @Nullable EdgeServer edge() {
    return edge;
  }

  /** How many connections other nodes have open here for forwarded requests. */
  int requestConnections() {
    return rights.requestConnections();
  }

  private void nodeChanged(HostAddress node) {
    publication.nodeChanged(node);
  }

  private void whenRunning(Consumer<EdgeServer> action) {
    EdgeServer running = edge;
    if (running != null) {
      action.accept(running);
    }
  }

  private void published(Set<ServiceName> changed) {
    whenRunning(running -> running.servicesChanged(changed));
  }

  private void started() {
    snapshots.started();
    whenRunning(running -> running.started());
  }

  private void tellPeerLeft(HostAddress identity) {
    whenRunning(running -> running.peerLeft(identity));
  }

  private void tellPeerLost(HostAddress identity) {
    whenRunning(running -> running.peerLost(identity));
  }

  private void pathProved(HostAddress node, PathLiveness path) {
    overlay.apply(OverlayPaths.asNextHop(node, path));
    if (path == PathLiveness.DEAD) {
      tellPeerLost(node);
    }
  }

  /** Services say to others what they say here. */
  private final class SignalWiring implements SignalDriver.Listener {
    @Override
    public void signalChanged(SignalChange change) {
      ServiceConfig service = services.get(change.service());
      if (service != null) {
        OverlayEvent said =
            new OverlayEvent.Originate(
                service.identity(), change.to(), SpeakerDriver.tier(service, change));
        monitor.signalChanged(change, service.identity(), () -> overlay.apply(said));
        publication.serviceChanged(change.service());
      }
    }

    @Override
    public void backendsMayDiffer(ServiceName service) {
      publication.backendsMayDiffer(service);
    }

    @Override
    public void evaluatedOnce() {
      overlay.apply(new OverlayEvent.LocalServicesEvaluated());
      startHold.evaluated();
    }
  }

  /** What the overlay learns goes into the snapshot, and into discovery. */
  private final class OverlayWiring implements OverlayDriver.Listener {
    @Override
    public void routesChanged(OverlayEffect.RoutesChanged change) {
      links.routesChanged(change.offsets(), config.identity().block());
      rights.changed(change.offsets());
      publication.routesChanged(change.offsets());
    }

    @Override
    public void peerUp(PeerIdentity peer, BgpLink link) {
      bfd.adjacencyUp(peer, link);
      links.sessionUp(peer, link);
      publication.nodeChanged(peer.identity());
    }

    @Override
    public void sessionLost(PeerInfo peer, boolean silent) {
      links.sessionLost(peer.identity());
      if (silent) {
        tellPeerLost(peer.identity());
      } else {
        tellPeerLeft(peer.identity());
      }
      publication.peerLost(peer);
    }

    @Override
    public void rejected(Holder peer, String words) {
      clashes.rejectedBy(peer, words);
    }

    @Override
    public void sessionChanged(HostAddress peer) {
      rights.changed(peer);
    }

    @Override
    public void peerDown(HostAddress peer, String why) {
      bfd.adjacencyLost(peer);
      rights.leave(peer);
      discovery.adjacencyLost(peer, why);
      publication.nodeChanged(peer);
    }

    @Override
    public void nodeHeard(OverlayEffect.NodeHeard heard) {
      links.heard(heard.node(), heard.endpoint(), heard.from());
    }

    @Override
    public void barrierDone(OverlayEffect.BarrierDone done) {
      if (done.token() == SHUTDOWN_BARRIER) {
        log.info("drain barrier answered={} skipped={}", done.answered(), done.skipped());
        drained.complete(null);
      }
    }
  }

  /**
   * Leaves in good order: services drain and are withdrawn, every peer has processed that, the
   * public prefix is withdrawn, requests in progress finish, then everything closes. Takes a few
   * seconds at most.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    control.execute(
        () -> {
          ingress.shutdown("node " + config.name() + " stops");
          startHold.end();
          overlay.apply(new OverlayEvent.DrainBegin());
          overlay.apply(new OverlayEvent.DrainWithdraw(SHUTDOWN_BARRIER));
        });
    ControlLoop.waitFor(drained);
    EdgeServer running = edge;
    if (running != null) {
      // First nobody tells it anything any more, then it lets its requests finish.
      edge = null;
      running.drain();
    }
    CompletableFuture<Boolean> said =
        control.ask(
            () -> {
              revocations.stop();
              discovery.stop();
              links.stop();
              plain.stop();
              speakers.shutdown("node " + config.name() + " stops");
              overlay.apply(new OverlayEvent.Shutdown("node " + config.name() + " stops"));
              bfd.stop();
              watching.stop("node " + config.name() + " stops");
              return true;
            });
    ControlLoop.waitFor(said);
    // What was said last leaves before the event loops that carry it end.
    ControlLoop.waitFor(overlay.allClosed());
    watching.closeFiles();
    control.stopping();
    port.close();
    if (running != null) {
      running.close();
    }
    signals.close();
    if (admin != null) {
      admin.close();
    }
    background.shutdownNow();
    controlLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    log.info("node down name={}", config.name());
  }
}

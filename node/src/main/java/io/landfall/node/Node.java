package io.landfall.node;

import io.landfall.admin.AdminServer;
import io.landfall.bfd.PathLiveness;
import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.control.ControlEvent;
import io.landfall.control.ControlPlane;
import io.landfall.control.Neighbors;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.edge.EdgeServer;
import io.landfall.edge.EdgeStart;
import io.landfall.edge.LateAccept;
import io.landfall.node.bfd.OverlayBfd;
import io.landfall.node.bgptcp.PlainNeighbors;
import io.landfall.node.watch.RouteMonitoring;
import io.landfall.overlay.Overlay;
import io.landfall.overlay.OverlayEvent;
import io.landfall.signal.LocalSignals;
import io.landfall.signal.SignalEvent;
import io.landfall.transport.Sockets;
import io.landfall.transport.tls.OverlayPort;
import io.landfall.trust.Endpoint;
import io.landfall.trust.Revocations;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
  final NodeTrust trust;
  final ControlLoop control;
  final Neighbors neighbors;
  final ControlDriver overlay;
  final Probes probes;
  final IngressDriver ingress;
  final Snapshots snapshots;
  final ForwardDialer forward;
  final OutgoingConnections outgoing;
  final RequestChannels requests;
  final OverlayPort port;
  final OverlayBfd bfd;
  final NodeMonitor monitor;
  final SpeakerDriver speakers;
  final RouteMonitoring watching;
  private final PlainNeighbors plain;
  private final Backends backends;
  private final EventLoopGroup controlLoops = Sockets.loops(1, "landfall-control");
  private final ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<ServiceName, ServiceConfig> services = new LinkedHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final NodeEffects effects = new NodeEffects(this);
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
    neighbors = new Neighbors(config.name(), config.identity());
    overlay =
        new ControlDriver(
            new ControlPlane(
                Translate.control(config),
                new Overlay(Translate.overlay(config, neighbors), Node::random),
                new LocalSignals(Translate.signalSpecs(config), control.monotonicNanos()),
                neighbors,
                Node::random),
            control,
            effects);
    probes = new Probes(control, overlay::apply);
    overlay.readBeforeTicks(probes::read);
    bfd =
        new OverlayBfd(
            config.overlay().bfd(), config.overlay().listen(), control, this::pathProved);
    requests = new RequestChannels(control, overlay.plane()::judgeRequests);
    monitor = NodeMonitor.of(control, overlay, neighbors, config.services());
    watching = OverlayWatching.of(config.watch(), overlay, control);
    plain = PlainBgp.of(config, controlLoops, control, overlay, neighbors);
    speakers = SpeakerDriver.of(config, controlLoops, control, overlay);
    port = trust.port(control, new OverlayConnections(overlay, requests, this::edge, this::port));
    forward = new ForwardDialer(port);
    outgoing = new OutgoingConnections(control, background, port, overlay::apply);
    revocations = RevocationWatch.of(this, background, this::revoke);
    ingress = IngressDriver.of(config, control);
    snapshots = new Snapshots(config, overlay.plane().published(), backends.addresses());
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
            edgeConfig, new EdgeWiring(snapshots, forward, backends, control, overlay, ingress))) {
          case EdgeStart.Started(EdgeServer server) -> server;
          case EdgeStart.CannotListen no ->
              throw new StartFailed(
                  "edge.listen "
                      + SocketText.of(no.listener())
                      + ": "
                      + SocketText.clean(no.why()));
        };
    edge = started;
    bindPort(started);
    bindBfd();
    PlainBgp.listen(plain, config);
    speakers.listen();
    control.execute(
        () -> {
          overlay.apply(new ControlEvent.OfSignals(new SignalEvent.Tick()));
          Translate.endpoint(config).ifPresent(at -> overlay.apply(new OverlayEvent.ReachedAt(at)));
          watching.start();
          plain.start();
          speakers.start();
          ingress.start();
          overlay.apply(
              new ControlEvent.Start(
                  config.overlay().candidates().stream()
                      .map(c -> new Endpoint(c.host(), c.port()))
                      .toList(),
                  trust.admission().revocations(),
                  Translate.startHoldNanos(config)));
          revocations.start();
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
    return requests.size();
  }

  private void pathProved(HostAddress node, PathLiveness path) {
    overlay.apply(new ControlEvent.PathProved(node, path));
  }

  private void bindPort(EdgeServer started) throws StartFailed {
    var bound =
        port.bind(
                config.overlay().listen(),
                started.eventLoops(),
                started.eventLoops(),
                LateAccept.INSTANCE)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartFailed(
          "overlay.listen "
              + SocketText.of(config.overlay().listen())
              + ": "
              + SocketText.why(bound.cause()),
          bound.cause());
    }
  }

  private void bindBfd() throws StartFailed {
    var binding = bfd.bind();
    if (binding.isPresent() && !binding.get().awaitUninterruptibly().isSuccess()) {
      Throwable cause = binding.get().cause();
      throw new StartFailed(
          "overlay.bfd UDP " + SocketText.of(bfd.local()) + ": " + SocketText.why(cause), cause);
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
          overlay.apply(new ControlEvent.Drain());
        });
    ControlLoop.waitFor(effects.drained());
    EdgeServer running = edge;
    if (running != null) {
      // First it gets no change any more, then it lets its requests finish.
      edge = null;
      running.drain();
    }
    CompletableFuture<Boolean> said =
        control.ask(
            () -> {
              revocations.stop();
              plain.stop();
              speakers.shutdown("node " + config.name() + " stops");
              overlay.apply(new ControlEvent.Stop("node " + config.name() + " stops"));
              bfd.stop();
              watching.stop("node " + config.name() + " stops");
              return true;
            });
    ControlLoop.waitFor(said);
    // What was said last leaves before the event loops that carry it end.
    ControlLoop.waitFor(overlay.stopped());
    watching.closeFiles();
    control.stopping();
    port.close();
    if (running != null) {
      running.close();
    }
    probes.close();
    if (admin != null) {
      admin.close();
    }
    background.shutdownNow();
    controlLoops.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    log.info("node down name={}", config.name());
  }
}

package io.landfall.overlay;

import io.landfall.bgp.CeaseMessage;
import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEvent;
import io.landfall.bgp.UpdateMessage;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Machine;
import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import io.landfall.overlay.OverlayEffect.Cause;
import io.landfall.overlay.OverlayEvent.Reachability;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * Plane two of one node as a single-threaded state object: events in, effects out, no threads, no
 * sockets, no clock.
 *
 * <p>What happens in a step, in this order: the event reaches the session of the peer it names
 * ({@link Sessions}); UPDATEs that come out go through the import policy ({@link ImportPolicy})
 * into the table ({@link Rib}); the hosts that changed are reported as one {@link
 * OverlayEffect.RoutesChanged}; then every peer whose stream takes bytes is sent what it has not
 * read yet ({@link AdjRibOut}). So a change is acted on locally before it is sent, and sent to all
 * peers in the step that brought it.
 *
 * <p>A lost session takes its routes with it at once: nothing is stale, nothing is retained (design
 * section 4, "truth, not memory"). What one event does to many paths is done in slices ({@link
 * Backlog}), a slice a step; what is no route any longer is none from the first of them on.
 */
public final class Overlay implements Machine<OverlayEvent, OverlayEffect> {
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Effects effects = new Effects();
  private final Rib rib;
  private final UsableNextHops nextHops;
  private final Peers peers;
  private final LocalServices services;
  private final ImportPolicy importPolicy;
  final Backlog backlog;
  private final Sessions sessions;
  private final RemoteNodes remoteNodes;
  private final AdvertisementScheduler scheduler;
  private final Barrier barrier;
  private final OverlayViews views;
  private final RouteQueries queries;
  private final RouteMonitor monitor;
  private boolean begun;
  private long lastNowNanos;

  /** An overlay without peers; it originates its own identity from the first step on. */
  public Overlay(OverlaySettings config, Rng jitter) {
    this(config, jitter, Backlog.SLICE_PATHS);
  }

  /** The same with slices of another size. */
  Overlay(OverlaySettings config, Rng jitter, int slicePaths) {
    this.rib = new Rib(config, jitter);
    this.nextHops = new UsableNextHops(config.identity().offset());
    this.peers = new Peers(config);
    this.services = new LocalServices(config, rib);
    this.importPolicy = new ImportPolicy(config, peers, rib, new FromImport());
    this.backlog = new Backlog(slicePaths, rib, importPolicy, this::reportChanges, this::askAgain);
    AdjRibOut.Shared shared =
        new AdjRibOut.Shared(
            rib,
            nextHops,
            BgpIdentifier.of(config.identity()),
            config.reflector(),
            HostRouteCodec.familyOf(config.block()));
    this.monitor = new RouteMonitor(config, rib, peers, nextHops, effects);
    this.sessions = new Sessions(config, jitter, effects, new FromSessions(), shared, monitor);
    this.remoteNodes =
        new RemoteNodes(
            config,
            new RemoteNodes.Parts(peers, nextHops, backlog),
            sessions,
            this::nextHopChanged);
    this.scheduler = new AdvertisementScheduler(config, peers, rib, services, sessions, effects);
    this.barrier = new Barrier(config.limits().barrierMillis() * NANOS_PER_MILLI, effects);
    this.views = new OverlayViews(rib, peers, nextHops);
    this.queries = new RouteQueries(rib, peers, nextHops, views);
  }

  @Override
  public List<OverlayEffect> step(OverlayEvent event, Now now) {
    return step(event, now.monotonicNanos());
  }

  /** Applies one event and returns what the owner must do, in order; no wall clock is needed. */
  public List<OverlayEffect> step(OverlayEvent event, long nowNanos) {
    lastNowNanos = nowNanos;
    backlog.begin();
    if (!begun) {
      begun = true;
      services.originateIdentity(nowNanos);
      reportChanges(Cause.LOCAL, Optional.empty());
    }
    switch (event) {
      case OverlayEvent.LinkUp up -> linkUp(up, nowNanos);
      case OverlayEvent.Bytes(HostAddress peer, long connection, byte[] bytes) ->
          toSession(peer, connection, new SessionEvent.Received(connection, bytes), nowNanos);
      case OverlayEvent.LinkClosed(HostAddress peer, long connection, String why) -> {
        toSession(peer, connection, new SessionEvent.Closed(connection, why), nowNanos);
        Optional.ofNullable(peers.get(peer)).ifPresent(p -> p.streamEnded(connection, nowNanos));
      }
      case OverlayEvent.LinkFull(HostAddress peer, long connection) ->
          setWritable(peer, connection, false);
      case OverlayEvent.LinkWritable(HostAddress peer, long connection) -> {
        setWritable(peer, connection, true);
        toSession(peer, connection, new SessionEvent.Writable(connection), nowNanos);
      }
      case OverlayEvent.Tick tick -> tick(nowNanos);
      case OverlayEvent.StopPeer(HostAddress peer, int subcode, String text) ->
          Optional.ofNullable(peers.get(peer))
              .ifPresent(p -> sessions.stop(p, subcode, text, nowNanos));
      case OverlayEvent.Shutdown(String text, boolean returns) ->
          peers
              .copy()
              .forEach(peer -> sessions.stop(peer, Sessions.endingBy(returns), text, nowNanos));
      case OverlayEvent.NextHop(HostAddress node, Reachability reachability) ->
          setReachability(node, reachability);
      case OverlayEvent.Originate _, OverlayEvent.DrainBegin _ -> changeServices(event, nowNanos);
      case OverlayEvent.DrainEnd _, OverlayEvent.DrainWithdraw _ -> changeServices(event, nowNanos);
      case OverlayEvent.LocalServicesEvaluated _ -> changeServices(event, nowNanos);
      case OverlayEvent.ReachedAt _, OverlayEvent.NamePlaces _ -> changeServices(event, nowNanos);
      case OverlayEvent.AskReflectorsAgain again -> remoteNodes.askReflectorsAgain(nowNanos);
      case OverlayEvent.DirectoryChanged _ -> remoteNodes.directoryChanged(nowNanos);
      case OverlayEvent.CostsChanged _ ->
          rib.recost().forEach(node -> nextHopChanged(node, Cause.COST, Optional.empty()));
      case OverlayEvent.Entitle(HostAddress peer, var own) -> entitle(peer, own, nowNanos);
      case OverlayEvent.RemoteNode remote -> {
        remoteNodes.step(remote, nowNanos);
        reportChanges(Cause.ENTITLEMENT, Optional.empty());
      }
    }
    reportChanges(Cause.UPDATE, eventPeer(event));
    backlog.goOn();
    queries.goOn();
    scheduler.sendPending(nowNanos);
    return effects.take();
  }

  private void linkUp(OverlayEvent.LinkUp up, long nowNanos) {
    PeerInfo info = up.peer();
    if (admit(info, up.fingerprint()) instanceof PeerAdmission.Refused(String rule, String text)) {
      effects.warn(info.name(), "refused (" + rule + "): " + text);
      byte[] rejected = CeaseMessage.of(CeaseMessage.CONNECTION_REJECTED, rule + ": " + text);
      effects.add(new OverlayEffect.Write(info.identity(), up.connection(), rejected));
      effects.add(new OverlayEffect.CloseLink(info.identity(), up.connection(), rule));
      return;
    }
    Peer peer = peers.get(info.identity());
    if (peer == null) {
      peer = sessions.newPeer(info, up.fingerprint(), nowNanos);
      peers.add(peer);
    } else if (!peer.isLive()) {
      if (!peer.fingerprint.equals(up.fingerprint()) || !peer.place.equals(up.place())) {
        sessions.forgive(peer, nowNanos);
      }
      SortedSet<HostAddress> before = peer.info.services();
      peer.info = info;
      remoteNodes.entitled(peer, before, nowNanos);
      peer.fingerprint = up.fingerprint();
    } else {
      entitle(info.identity(), info.services(), nowNanos);
    }
    peer.place = up.place();
    sessions.connected(peer, up.connection(), up.direction(), nowNanos);
  }

  private void toSession(HostAddress identity, long connection, SessionEvent event, long nowNanos) {
    Peer peer = peers.get(identity);
    if (peer != null && peer.connections.contains(connection)) {
      sessions.step(peer, event, nowNanos);
    }
  }

  private void setWritable(HostAddress identity, long connection, boolean writable) {
    Peer peer = peers.get(identity);
    Adjacency adjacency = peer == null ? null : peer.adjacency;
    if (adjacency != null && adjacency.connection == connection) {
      adjacency.writable = writable;
    }
    if (peer != null && !writable && peer.connections.contains(connection)) {
      peer.session.writeBlocked(connection, lastNowNanos);
    }
  }

  private void tick(long nowNanos) {
    for (Peer peer : peers.copy()) {
      OptionalLong due = peer.session.deadlineNanos();
      if (due.isPresent() && nowNanos - due.getAsLong() >= 0) {
        sessions.step(peer, new SessionEvent.Tick(), nowNanos);
      }
    }
    peers.forgetPassing(nowNanos);
    barrier.tick(nowNanos);
  }

  private void setReachability(HostAddress node, Reachability reachability) {
    boolean before = nextHops.isUsable(node.offset());
    nextHops.set(node.offset(), reachability);
    if (before != nextHops.isUsable(node.offset())) {
      nextHopChanged(node);
    }
  }

  private void nextHopChanged(HostAddress node) {
    nextHopChanged(node.offset(), Cause.NEXT_HOP, Optional.ofNullable(peers.get(node)));
  }

  private void nextHopChanged(int node, Cause cause, Optional<Peer> ofPeer) {
    for (Peer peer : peers.all()) {
      if (peer.adjacency != null) {
        peer.adjacency.out.reconsider();
      }
    }
    backlog.nextHopChanged(node, cause, ofPeer);
  }

  private void askAgain(Peer peer) {
    Adjacency adjacency = peer.adjacency;
    if (adjacency != null) {
      sessions.requestRefresh(peer, adjacency, lastNowNanos);
    }
  }

  private void entitle(HostAddress identity, SortedSet<HostAddress> entitled, long nowNanos) {
    Peer peer = peers.get(identity);
    if (peer == null || peer.info.services().equals(entitled)) {
      return;
    }
    SortedSet<HostAddress> before = peer.info.services();
    peer.info = peer.info.withServices(entitled);
    remoteNodes.entitled(peer, before, nowNanos);
    Adjacency adjacency = peer.adjacency;
    if (adjacency == null) {
      return;
    }
    backlog.judgeAgain(peer, adjacency.source, Cause.ENTITLEMENT, Optional.of(peer));
    if (!before.containsAll(entitled)) {
      // What it may send now was refused before and is not remembered, so it has to send it again.
      sessions.requestRefresh(peer, adjacency, nowNanos);
    }
  }

  private void changeServices(OverlayEvent event, long nowNanos) {
    switch (event) {
      case OverlayEvent.Originate origination ->
          services.set(origination.service(), origination.signal(), origination.tier(), nowNanos);
      case OverlayEvent.LocalServicesEvaluated evaluated -> services.setEvaluated();
      case OverlayEvent.DrainBegin begin -> services.drainBegin(nowNanos);
      case OverlayEvent.DrainWithdraw(long token) -> {
        services.drainWithdraw(nowNanos);
        barrier.begin(token, peers.all(), rib.journal().lastSequence(), nowNanos);
      }
      case OverlayEvent.DrainEnd end -> services.drainEnd(nowNanos);
      case OverlayEvent.ReachedAt(NodeEndpoint at) -> services.reachedAt(at, nowNanos);
      case OverlayEvent.NamePlaces(var places) -> services.names(places, nowNanos);
      default -> throw new InvariantBroken("an event about local services, not " + event);
    }
    reportChanges(Cause.LOCAL, Optional.empty());
  }

  private void reportChanges(Cause cause, Optional<Peer> peer) {
    int[] offsets = rib.takeChanges();
    if (offsets.length > 0) {
      Optional<NodeName> name = peer.map(p -> p.info.name());
      queries.changed(offsets, cause, name);
      effects.add(new OverlayEffect.RoutesChanged(offsets, cause, name));
    }
    int[] paths = rib.changedPaths().take();
    if (paths.length > 0) {
      effects.add(new OverlayEffect.PathsChanged(paths));
    }
  }

  private Optional<Peer> eventPeer(OverlayEvent event) {
    return event instanceof OverlayEvent.Bytes bytes
        ? Optional.ofNullable(peers.get(bytes.peer()))
        : Optional.empty();
  }

  /**
   * When the next Tick is due, by the monotonic clock; possibly already past when there is more to
   * send. Empty when nothing waits for time.
   */
  @Override
  public OptionalLong deadlineNanos() {
    if (scheduler.hasMore() || backlog.hasMore() || queries.hasMore()) {
      return OptionalLong.of(lastNowNanos);
    }
    OptionalLong earliest = barrier.deadlineNanos();
    for (Peer peer : peers.all()) {
      OptionalLong due = peer.deadlineNanos();
      if (due.isPresent() && (earliest.isEmpty() || due.getAsLong() - earliest.getAsLong() < 0)) {
        earliest = due;
      }
    }
    return earliest;
  }

  /**
   * Whether an authenticated newcomer may have a session: not when a live peer with another
   * certificate, or this node itself, has its identity or its name. Changes nothing.
   */
  public PeerAdmission admit(PeerInfo newcomer, String fingerprint) {
    return peers.admit(newcomer, fingerprint);
  }

  /** Every route, in order of address. */
  public List<RouteView> routes() {
    return views.routes();
  }

  /**
   * Some routes, ordered by address, for readers of the table in slices.
   *
   * @param fromOffset where the slice begins: 0, or what the one before returned
   * @return where the next one begins; empty at the end
   */
  public OptionalInt someRoutes(int fromOffset, Consumer<RouteView> to) {
    return views.someRoutes(fromOffset, to);
  }

  /** How many hosts have a route. */
  public int hostCount() {
    return rib.liveHosts();
  }

  /** The route to one host, empty when there is none. */
  public Optional<RouteView> route(HostAddress host) {
    return views.route(host);
  }

  /** The nodes that advertise a host, each once, this one included; in no order. */
  public List<ServicePath> offers(HostAddress host) {
    return views.offers(host);
  }

  /** Every peer, live or remembered, ordered by identity. */
  public List<PeerView> peers() {
    return views.peers();
  }

  /** What was refused, by peer; peers of whom nothing was refused are left out. */
  public List<RefusedView> refused() {
    return views.refused();
  }

  /** Routes and peers with everything known of them, and a watch over changes. */
  public RouteQueries queries() {
    return queries;
  }

  /** What BMP and MRT are fed from. */
  public RouteMonitor monitor() {
    return monitor;
  }

  /** How many paths the table holds, this node's own included, and those about to leave it. */
  public int pathCount() {
    return rib.livePaths();
  }

  /** What is not taken into the table goes to the owner, and to watchers. */
  private final class FromImport implements ImportPolicy.Listener {
    @Override
    public void refused(Peer peer, Object what, String rule, long count) {
      queries.refused(peer.info, what, rule, count);
      effects.refused(peer, what, rule, count);
    }

    @Override
    public void nodeLearned(HostAddress node, NodeEndpoint endpoint, HostAddress from) {
      effects.nodeLearned(node, endpoint, from);
    }

    @Override
    public void placesNamed(HostAddress from, List<NodeEndpoint> places) {
      effects.placesNamed(from, places);
    }
  }

  /** What sessions cause in the table and among the peers. */
  private final class FromSessions implements Sessions.Listener {
    @Override
    public void up(Peer peer, Adjacency adjacency, long nowNanos) {
      queries.peerUp(peer.info);
      setEstablished(peer, true, Cause.NEXT_HOP);
      effects.add(new OverlayEffect.PeerUp(peer.info, adjacency.connection));
    }

    @Override
    public void update(
        Peer peer, Adjacency adjacency, UpdateMessage<HostAddress> update, long nowNanos) {
      importPolicy.take(peer, adjacency.source, update, nowNanos);
      if (update.endOfRib().isPresent() && !adjacency.endOfRibReceived) {
        adjacency.endOfRibReceived = true;
        remoteNodes.routesReceived(peer);
      }
    }

    @Override
    public void refresh(Peer peer, Adjacency adjacency, int subtype, long nowNanos) {
      switch (subtype) {
        case Outbox.BEGIN_OF_REFRESH -> adjacency.source.refreshEpoch++;
        case Outbox.END_OF_REFRESH -> refreshed(peer, adjacency, nowNanos);
        default -> adjacency.out.askRefresh();
      }
    }

    /** RFC 7313 section 4.2: what was not sent again between BoRR and EoRR is gone. */
    private void refreshed(Peer peer, Adjacency adjacency, long nowNanos) {
      Source source = adjacency.source;
      backlog.refreshed(source, peer);
      adjacency.refreshPending = false;
      if (adjacency.barrier == Adjacency.BarrierState.ASKED) {
        adjacency.barrier = Adjacency.BarrierState.NONE;
        barrier.answered(peer);
      }
      if (adjacency.refreshAgain) {
        adjacency.refreshAgain = false;
        sessions.requestRefresh(peer, adjacency, nowNanos);
      }
    }

    @Override
    public void down(Peer peer, Adjacency adjacency, DownReason reason, long nowNanos) {
      reportChanges(Cause.UPDATE, Optional.of(peer));
      queries.peerDown(peer.info, reason);
      backlog.lost(adjacency.source, peer);
      setEstablished(peer, false, Cause.SESSION_LOST);
      effects.add(new OverlayEffect.PeerDown(peer.info, reason));
      barrier.lost(peer);
      remoteNodes.lost(peer, nowNanos);
    }

    private void setEstablished(Peer peer, boolean established, Cause cause) {
      int node = peer.info.identity().offset();
      nextHops.setEstablished(node, established);
      // Elsewhere a path's next hop is the peer itself, whose paths come and go with the session.
      if (peers.anyoneSpeaksForOthers()) {
        nextHopChanged(node, cause, Optional.of(peer));
      }
    }
  }
}

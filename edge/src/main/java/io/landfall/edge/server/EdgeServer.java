package io.landfall.edge.server;

import io.landfall.cache.Purge;
import io.landfall.core.Clock;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationView;
import io.landfall.edge.CacheViews;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeStats;
import io.landfall.edge.FinishedRequest;
import io.landfall.edge.PurgeOrder;
import io.landfall.edge.RulesView;
import io.landfall.edge.StoredView;
import io.landfall.edge.TrafficStats;
import io.landfall.edge.access.RequestRecords;
import io.landfall.edge.access.RequestWatches;
import io.landfall.edge.cache.EdgeCache;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.TrafficTotals;
import io.landfall.edge.h2.H2ServerConnections;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The running edge, as the node sees it. All methods may be called from any thread but an event
 * loop's own, except {@link #acceptWaitingH2}, which is usually called on one.
 */
public final class EdgeServer implements AutoCloseable {
  private static final long CLOSE_POLL_NANOS = 5_000_000;
  private static final long LOOP_STOP_SECONDS = 5;

  /** How long an event loop has to end in order what is left. */
  private static final long END_MILLIS = 1_000;

  private final EdgeRuntime runtime;
  private final EventLoops loops;
  private final ClientListeners listeners;
  private final AtomicBoolean drained = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private EdgeServer(EdgeRuntime runtime, EventLoops loops, ClientListeners listeners) {
    this.runtime = runtime;
    this.loops = loops;
    this.listeners = listeners;
  }

  /**
   * Opens the listeners and accepts clients. Blocks until the listeners are open.
   *
   * @param settings what it is started with
   * @param ports what it needs of the node
   * @param clock the only clock that it reads; any thread may ask it
   * @param records where what is recorded of single requests goes
   */
  public static EdgeStart start(
      EdgeSettings settings, EdgePorts ports, Clock clock, RequestRecords records) {
    return start(
        new EdgeRuntime(settings, ports, clock, records),
        NettyTransport.best(),
        EdgeCache.of(settings, clock));
  }

  /** The same with a cache that is there, which ends with it. */
  static EdgeStart start(EdgeRuntime runtime, NettyTransport transport, EdgeCache cache) {
    EventLoops loops = new EventLoops(runtime, transport, cache);
    ClientListeners listeners = new ClientListeners(runtime, transport, loops);
    Optional<EdgeStart.CannotListen> failed = listeners.open();
    if (failed.isPresent()) {
      stop(loops);
      return failed.get();
    }
    return new EdgeStart.Started(new EdgeServer(runtime, loops, listeners));
  }

  /** The listeners' addresses, with the ports that they got, in the order of the configuration. */
  public List<InetSocketAddress> addresses() {
    return listeners.addresses();
  }

  /**
   * The event loops of the data plane. The node accepts the overlay port on them too, so that a
   * forwarded request stays on one loop.
   */
  public EventLoopGroup eventLoops() {
    return loops.group();
  }

  /**
   * Takes over a connection on which another node forwards requests: its handshake is done, its
   * peer is proved, and it has negotiated {@code h2}. The edge installs its handlers and owns the
   * channel from then on. Being such a channel is what marks a request as forwarded. PINGs are
   * answered and a few requests wait, until {@link #openH2} or {@link #refuseH2}. The waiting are
   * bounded for all such connections of an event loop together.
   */
  public void acceptWaitingH2(Channel channel, NodeName peer) {
    onLoop(channel, () -> loops.of(channel.eventLoop()).fromNodes().accept(channel, peer));
  }

  /** Requests on a connection of {@link #acceptWaitingH2} are served from now on. */
  public void openH2(Channel channel) {
    onLoop(channel, () -> H2ServerConnections.open(channel));
  }

  /**
   * Ends a connection of {@link #acceptWaitingH2} in good order: its waiting requests are refused
   * so that the other node may try them elsewhere (RFC 9113 section 8.7), and so are new ones;
   * those that are being served finish.
   */
  public void refuseH2(Channel channel) {
    onLoop(channel, () -> H2ServerConnections.refuse(channel));
  }

  private static void onLoop(Channel channel, Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else if (!channel.eventLoop().isShuttingDown()) {
      channel.eventLoop().execute(task);
    }
  }

  /**
   * The backends, the local signal or the candidates of these services changed, and the snapshot
   * that tells of it is published. Requests to them that wait for a response from a place that is
   * gone, and that may be repeated, go to the next place at once.
   */
  public void servicesChanged(Set<ServiceName> services) {
    runtime.hostedOtherwise(services);
    loops.onEach(loop -> loop.exchanges().reconsider(services));
  }

  /**
   * These services have left the config. What is known of their backends is forgotten, and what was
   * counted of them; requests to them that are in progress finish where they are.
   */
  public void servicesGone(Set<ServiceName> services) {
    runtime.hostedOtherwise(services);
    loops.onEach(loop -> loop.exchanges().gone(services));
  }

  /** The snapshot is no longer that of a node that has just started: held requests go on. */
  public void started() {
    loops.onEach(loop -> loop.exchanges().started());
  }

  /**
   * The session with a node has ended, but the node may live: no further request is sent on the
   * connections there are, and those under way finish.
   */
  public void peerLeft(HostAddress identity) {
    loops.onEach(loop -> loop.nodes().peerLeft(identity));
  }

  /**
   * A node is taken for dead, or has no rights any more: the connections for forwarding to it are
   * closed at once.
   */
  public void peerLost(HostAddress identity) {
    loops.onEach(loop -> loop.nodes().peerLost(identity));
  }

  /** The newest finished requests, newest first. */
  public List<DecisionRecord> decisions(int most) {
    return loops.recent().stream()
        .sorted(Comparator.comparingLong(DecisionRecord::wallMillis).reversed())
        .limit(most)
        .toList();
  }

  /** Whether requests get ids here, by which they are found again. */
  public boolean namesRequests() {
    return runtime.namesRequests();
  }

  /** The newest finished requests with this id, the newest first; any thread but an event loop. */
  public List<FinishedRequest> requests(String id) {
    return loops.find(id);
  }

  /** The counters beside {@link #traffic}: a few, whatever the config is. */
  public EdgeStats stats() {
    return runtime.counters().read();
  }

  /** Who watches requests as they end. */
  public RequestWatches watches() {
    return runtime.watches();
  }

  /** What was counted of requests, by service, node and backend: added up now. */
  public TrafficStats traffic() {
    return TrafficTotals.of(loops.traffic(), runtime.ports().snapshot());
  }

  /** The addresses of a service's backends that get no requests now for what came of them. */
  public List<InetSocketAddress> openCircuits(ServiceName service) {
    return runtime.openCircuits(service);
  }

  /**
   * The operator has decided otherwise: requests that come from now on are treated so, and held to
   * the rules of services when the snapshot has that generation. Listeners are those of {@link
   * #prepare}; the memory and the disks of the cache stay those of the start.
   */
  public void change(EdgeSettings settings, int generation) {
    runtime.change(settings, generation);
    loops.cache().configure(settings.cache());
    listeners.boundClients();
    loops.onEach(EventLoopState::resize);
  }

  /**
   * Opens those of other listeners that are not open at their address, and accepts nothing there
   * yet. Blocks until that is done.
   */
  public ListenerChange prepare(List<EdgeListener> wanted) {
    return listeners.prepare(wanted);
  }

  /** What authorization services were asked, by service. */
  public List<AuthorizationView> authorizations() {
    return runtime.authorizations();
  }

  /** Only these are in maintenance now: seconds of Retry-After for each, 0 for as in its rules. */
  public void maintain(SortedMap<ServiceName, Long> services) {
    runtime.maintain(services);
  }

  /**
   * What the rules of a service do with a GET before it is decided on; empty if it has none.
   *
   * @param https whether the client uses https
   * @param host the host, by which it is routed
   * @param target path and query
   * @param client the client that asks; empty for whoever does
   */
  public Optional<RulesView> rules(
      ServiceName service,
      boolean https,
      String host,
      String target,
      Optional<RulesView.Client> client) {
    FieldLines fields = new FieldLines(1);
    for (String line : client.map(RulesView.Client::fields).orElse(List.of())) {
      int colon = line.indexOf(':');
      fields.add(
          AsciiString.of(line.substring(0, colon)),
          AsciiString.of(line.substring(colon + 1).strip()));
    }
    return runtime.rulesView(
        service,
        new RequestHead(
            Method.GET,
            https ? RequestHead.HTTPS : RequestHead.HTTP,
            AsciiString.of(host),
            host,
            target,
            HttpVersion.HTTP_1_1,
            fields,
            Framing.NONE),
        client.map(RulesView.Client::address).orElse(null));
  }

  /** How many tunnels, and requests for one, there may be at once. */
  public int mostTunnels() {
    return runtime.settings().tunnels().most();
  }

  /** What is known of the cache. */
  public CacheViews cache() {
    return loops.cache().views();
  }

  /** What is stored of a service under these URLs. */
  public CompletableFuture<List<StoredView>> stored(ServiceName service, List<StoredView.Of> urls) {
    return loops.cache().stored(service, urls);
  }

  /**
   * Purges what is cached.
   *
   * @param soft whether responses become stale instead of gone
   * @return completes when no request is answered with what was purged any more
   */
  public CompletableFuture<Void> purge(Purge purge, boolean soft) {
    return loops.cache().purge(purge, soft);
  }

  /**
   * Purges what the whole fleet purges: what other nodes answer with counts as older than that,
   * until {@link #confirmed}.
   */
  public PurgeOrder.Batch purgeOfFleet(List<PurgeOrder> orders) {
    return loops.cache().purgeOfFleet(orders);
  }

  /**
   * Other nodes have applied all purges of the fleet before this one.
   *
   * @param firstEpoch the first that they may not have applied; the greatest number for none
   */
  public void confirmed(long firstEpoch) {
    loops.cache().confirmed(firstEpoch);
  }

  /** From now on nothing is served that lay on disk before the start, or it is again. */
  public void holdDisks(boolean on) {
    loops.cache().holdDisks(on);
  }

  /** From now on nothing is served from the cache, or it is again. */
  public void holdCache(boolean on) {
    loops.cache().hold(on);
  }

  /**
   * From now on every answer to a client says {@code Connection: close}, so that its next
   * connection may land at another site. Clients are still accepted; an idle connection is not
   * closed, for a request may be on its way on it.
   */
  public void leave() {
    loops.onEach(EventLoopState::leave);
  }

  /**
   * Stops accepting and lets requests in progress finish for a while. Blocks until that is done; a
   * second call does nothing. The event loops still run, so the node can say goodbye on the other
   * connections that live on them before {@link #close}.
   *
   * @return how many requests did not finish in that time, which {@link #close} cuts off
   */
  public long drain() {
    if (drained.getAndSet(true)) {
      return 0;
    }
    listeners.close();
    loops.onEach(EventLoopState::drain);
    Clock clock = runtime.clock();
    // Connections of HTTP/2 end by themselves, in two steps, so that what crosses the first is not
    // lost.
    long end = clock.monotonicNanos() + runtime.settings().timeouts().drainMillis() * 1_000_000;
    while ((runtime.counters().inProgress.sum() > 0
            || runtime.counters().http2Connections.sum() > 0)
        && clock.monotonicNanos() - end < 0) {
      LockSupport.parkNanos(CLOSE_POLL_NANOS);
    }
    long cut = Math.max(0, runtime.counters().inProgress.sum());
    endInOrder();
    return cut;
  }

  /**
   * Ends the tunnels that are left, behind what was sent (no other request can be ended in order),
   * and the connections of clients that have no request.
   */
  private void endInOrder() {
    loops.onEachAndWait(EventLoopState::endInOrder, END_MILLIS);
  }

  /** Drains and closes everything. Blocks until that is done; a second call does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    drain();
    stop(loops);
  }

  private static void stop(EventLoops loops) {
    ChannelIo.ignore(
        loops
            .group()
            .shutdownGracefully(0, LOOP_STOP_SECONDS, TimeUnit.SECONDS)
            .awaitUninterruptibly());
    loops.cache().close();
  }
}

package io.landfall.edge.server;

import io.landfall.cache.Purge;
import io.landfall.core.Clock;
import io.landfall.core.GivenSockets;
import io.landfall.core.HostAddress;
import io.landfall.core.ListeningSocket;
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
import io.landfall.edge.loop.ChannelIo;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * The running edge, as the node sees it. All methods may be called from any thread but an event
 * loop's own, except those of {@link NodeConnections}, which are usually called on one.
 */
public final class EdgeServer implements AutoCloseable {
  private static final long LOOP_STOP_SECONDS = 5;

  private final EdgeRuntime runtime;
  private final EventLoops loops;
  private final ClientListeners listeners;
  private final EdgeLeaving leaving;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EdgeServer(EdgeRuntime runtime, EventLoops loops, ClientListeners listeners) {
    this.runtime = runtime;
    this.loops = loops;
    this.listeners = listeners;
    this.leaving = new EdgeLeaving(runtime, loops, listeners);
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
    return accepting(prepare(settings, ports, clock, records, GivenSockets.none()));
  }

  /**
   * The same, but no client is accepted before {@link #accept}.
   *
   * @param given sockets that are open already, in place of which none is opened
   */
  public static EdgeStart prepare(
      EdgeSettings settings,
      EdgePorts ports,
      Clock clock,
      RequestRecords records,
      GivenSockets given) {
    EdgeRuntime runtime = new EdgeRuntime(settings, ports, clock, records);
    return prepare(runtime, NettyTransport.best(), EdgeCache.of(settings, clock), given);
  }

  /** An edge that accepts, with a cache that is there, which ends with it. */
  static EdgeStart start(EdgeRuntime runtime, NettyTransport transport, EdgeCache cache) {
    return accepting(prepare(runtime, transport, cache, GivenSockets.none()));
  }

  private static EdgeStart accepting(EdgeStart start) {
    if (start instanceof EdgeStart.Started(EdgeServer server)) {
      server.accept();
    }
    return start;
  }

  private static EdgeStart prepare(
      EdgeRuntime runtime, NettyTransport transport, EdgeCache cache, GivenSockets given) {
    EventLoops loops = new EventLoops(runtime, transport, cache);
    ClientListeners listeners = new ClientListeners(runtime, transport, loops, given);
    Optional<EdgeStart.CannotListen> failed = listeners.open();
    if (failed.isPresent()) {
      stop(loops);
      return failed.get();
    }
    return new EdgeStart.Started(new EdgeServer(runtime, loops, listeners));
  }

  /** Accepts clients from now on, those that wait already first. */
  public void accept() {
    listeners.accept();
  }

  /** The listening sockets, for a process that is to go on with them. */
  public List<ListeningSocket> sockets() {
    return listeners.sockets();
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

  /** The connections on which other nodes forward requests to this one. */
  public NodeConnections nodeConnections() {
    return new NodeConnections(loops);
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
    return decisions(each -> true, most);
  }

  /**
   * The newest finished requests of a kind, newest first.
   *
   * @param wanted which of those that are kept
   * @param most so many at most
   */
  public List<DecisionRecord> decisions(Predicate<DecisionRecord> wanted, int most) {
    return loops.recent().stream()
        .filter(wanted)
        .sorted(DecisionRecord.NEWEST_FIRST)
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
    List<String> fields = client.map(RulesView.Client::fields).orElse(List.of());
    return runtime.rulesView(
        service,
        RulesHead.get(https, host, target, fields),
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

  /** Waits until all event loops have worked off what they had to do, but not for long. */
  public void awaitLoops() {
    loops.onEachAndWait(loop -> {}, LOOP_STOP_SECONDS * 1_000);
  }

  /**
   * Stops accepting and lets requests in progress finish for a while. Blocks until that is done; a
   * second call does nothing. The event loops still run, so the node can say goodbye on the other
   * connections that live on them before {@link #close}.
   *
   * @return how many requests did not finish in that time, which {@link #close} cuts off
   */
  public long drain() {
    return leaving.drain();
  }

  /**
   * The same where another process accepts at the same listening sockets: connections of clients
   * that are between two requests are kept, too, and are answered one more.
   */
  public long drainBehindSuccessor() {
    return leaving.drainBehindSuccessor();
  }

  /**
   * Another process takes over the folders of the disks: nothing is served from the cache any more,
   * but what is being sent is sent to its end. Blocks until the folders are free, but not for long.
   */
  public void releaseCache() {
    holdCache(true);
    loops.cache().releaseDisks();
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

package io.landfall.edge.server;

import io.landfall.core.Block;
import io.landfall.core.Clock;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.Reason;
import io.landfall.decision.ServiceView;
import io.landfall.decision.Shield;
import io.landfall.decision.View;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.DecisionRecord;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgeListener;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginServer;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.RawClient;
import io.landfall.edge.RequestSpans;
import io.landfall.edge.SystemClock;
import io.landfall.edge.TestBackend;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.access.RequestRecords;
import io.landfall.edge.cache.EdgeCache;
import io.landfall.edge.exchange.CacheUse;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.loop.ChannelIo;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * One site for tests: an edge, its port for other nodes (HTTP/2 with prior knowledge instead of
 * TLS), and a snapshot that a test changes by hand.
 */
public final class TestSite implements AutoCloseable {
  public static final Block BLOCK = Block.parse("10.32.0.0/23");
  public static final ServiceName SHOP = new ServiceName("shop");
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** Where the overlay port of each node is; what adjacency would know. */
  private static final Map<HostAddress, InetSocketAddress> OVERLAY = new ConcurrentHashMap<>();

  public final NodeName name;
  public final HostAddress identity;
  public final List<OriginFailure> failures = new CopyOnWriteArrayList<>();
  public final List<Channel> overlayChannels = new CopyOnWriteArrayList<>();
  public final HeldDials dials = new HeldDials();

  /** The connections that it opened to other nodes, newest last. */
  public final List<Channel> dialled = new CopyOnWriteArrayList<>();

  /** What other nodes have asked it itself. */
  public final List<byte[]> questions = new CopyOnWriteArrayList<>();

  /** What becomes of each PURGE of a client. */
  public volatile CompletableFuture<PurgeOutcome> purged =
      CompletableFuture.completedFuture(PurgeOutcome.NOT_TAKEN);

  /** What it answers to a CA. */
  public volatile ChallengeAnswers challenges = ChallengeAnswers.NONE;

  /** What it answers. */
  public volatile CompletableFuture<byte[]> answer = CompletableFuture.completedFuture(new byte[0]);

  private volatile EdgeSnapshot snapshot;
  private volatile boolean dialFails;
  private volatile boolean peersWait;
  private final AtomicLong skippedNanos = new AtomicLong();
  private final AtomicLong setByMillis = new AtomicLong();
  private final EdgeServer server;
  private volatile EdgeSettings settings;
  private final NettyTransport transport;
  private final Channel overlayListener;

  public TestSite(String name, int number) {
    this(name, number, UnaryOperator.identity());
  }

  public TestSite(String name, int number, UnaryOperator<EdgeSettings> adjust) {
    this(name, number, adjust, NettyTransport.best(), EdgeCache::of);
  }

  /** One with an access log, which stays the test's. */
  public static TestSite logging(String name, int number, AccessLog log) {
    return logging(name, number, log, UnaryOperator.identity());
  }

  /** The same with other settings. */
  public static TestSite logging(
      String name, int number, AccessLog log, UnaryOperator<EdgeSettings> adjust) {
    return new TestSite(
        name,
        number,
        new Made(
            adjust,
            NettyTransport.best(),
            EdgeCache::of,
            new RequestRecords(Optional.of(log), Optional.empty())));
  }

  /** One with tracing, which stays the test's. */
  public static TestSite tracing(
      String name, int number, RequestSpans spans, UnaryOperator<EdgeSettings> adjust) {
    return new TestSite(
        name,
        number,
        new Made(
            adjust,
            NettyTransport.best(),
            EdgeCache::of,
            new RequestRecords(Optional.empty(), Optional.of(spans))));
  }

  /** How the edge of a site is made. */
  private record Made(
      UnaryOperator<EdgeSettings> adjust,
      NettyTransport transport,
      BiFunction<EdgeSettings, Clock, EdgeCache> cache,
      RequestRecords records) {}

  /** One whose cache a test makes. */
  public static TestSite caching(
      String name, int number, BiFunction<EdgeSettings, Clock, EdgeCache> cache) {
    return new TestSite(name, number, UnaryOperator.identity(), NettyTransport.best(), cache);
  }

  /** Waits as long as these say. */
  public static UnaryOperator<EdgeSettings> waiting(EdgeTimeouts timeouts) {
    return c ->
        new EdgeSettings(
            c.node(), c.identity(), c.cdnId(), c.listeners(), c.eventLoops(), c.limits(), timeouts);
  }

  /**
   * Waits long for connections with servers: for tests that keep the event loops busy, so that a
   * connection that came in time is seen late.
   */
  public static UnaryOperator<EdgeSettings> patient() {
    EdgeTimeouts usual = EdgeTimeouts.defaults();
    EdgeTimeouts.Servers servers = usual.servers();
    return waiting(
        new EdgeTimeouts(
            usual.clients(),
            new EdgeTimeouts.Servers(
                RawClient.DEADLINE_MILLIS,
                RawClient.DEADLINE_MILLIS,
                servers.responseHeadMillis(),
                servers.backendIdleMillis()),
            usual.bodyIdleMillis(),
            usual.drainMillis(),
            usual.retryAfterSeconds()));
  }

  /** Accepts clients there. */
  public static UnaryOperator<EdgeSettings> listening(EdgeListener listener) {
    return c ->
        new EdgeSettings(
            c.node(),
            c.identity(),
            c.cdnId(),
            List.of(listener),
            c.eventLoops(),
            c.limits(),
            c.timeouts());
  }

  /** One that uses the JDK's sockets. */
  public static TestSite withoutEpoll(String name, int number) {
    return new TestSite(
        name, number, UnaryOperator.identity(), NettyTransport.nio(), EdgeCache::of);
  }

  /** One that accepts connections and can open none. */
  public static TestSite withoutDescriptors(String name, int number) {
    return new TestSite(
        name,
        number,
        UnaryOperator.identity(),
        ChannelWithoutDescriptor.transport(),
        EdgeCache::of);
  }

  /** Goes on with other decisions of the operator. */
  public void change(EdgeSettings.Policies policies, int generation) {
    change(all -> all.with(policies), generation);
  }

  /** Goes on with other settings. */
  public void change(UnaryOperator<EdgeSettings> adjust, int generation) {
    settings = adjust.apply(settings);
    server.change(settings, generation);
  }

  /** One event loop more of this site, with requests of its own. */
  public record OwnLoop(EventLoop eventLoop, Exchanges exchanges) {}

  /** Requests that come from no connection, on one of the event loops. */
  public OwnLoop ownLoop() {
    EventLoop loop = server.eventLoops().next();
    EdgeSettings settings =
        new EdgeSettings(
            name,
            identity,
            "fra.cdn.test",
            List.of(),
            1,
            EdgeLimits.defaults(),
            EdgeTimeouts.defaults());
    EdgeRuntime runtime = new EdgeRuntime(settings, ports(), SystemClock.INSTANCE);
    return new OwnLoop(
        loop, new EventLoopState(runtime, transport, loop, CacheUse.NONE).exchanges());
  }

  private TestSite(
      String name,
      int number,
      UnaryOperator<EdgeSettings> adjust,
      NettyTransport transport,
      BiFunction<EdgeSettings, Clock, EdgeCache> cache) {
    this(name, number, new Made(adjust, transport, cache, RequestRecords.NONE));
  }

  private TestSite(String name, int number, Made made) {
    this.name = new NodeName(name);
    this.identity = new HostAddress(BLOCK, number);
    this.snapshot = EdgeSnapshot.of(View.empty(this.name, identity), Map.of());
    EdgeSettings config =
        new EdgeSettings(
            this.name,
            identity,
            name + ".cdn.test",
            List.of(EdgeListener.plain(new InetSocketAddress(LOOPBACK, 0))),
            2,
            EdgeLimits.defaults(),
            EdgeTimeouts.defaults());
    this.transport = made.transport();
    EdgeSettings settings = made.adjust().apply(config);
    this.settings = settings;
    Clock clock = new SkippingClock();
    this.server =
        switch (EdgeServer.start(
            new EdgeRuntime(settings, new Ports(), clock, made.records()),
            transport,
            made.cache().apply(settings, clock))) {
          case EdgeStart.Started started -> started.server();
          case EdgeStart.CannotListen cannot -> throw new IllegalStateException(cannot.toString());
        };
    this.overlayListener = listenForNodes();
    OVERLAY.put(identity, (InetSocketAddress) overlayListener.localAddress());
  }

  /** The machine's clock, which a test can set forward. */
  private final class SkippingClock implements Clock {
    @Override
    public long monotonicNanos() {
      return SystemClock.INSTANCE.monotonicNanos() + skippedNanos.get();
    }

    @Override
    public long wallMillis() {
      return SystemClock.INSTANCE.wallMillis() + skippedNanos.get() / 1_000_000 + setByMillis.get();
    }
  }

  /** Sets the time of day by so much, forward or back; no time passes. */
  public void setTimeOfDayBy(long millis) {
    setByMillis.addAndGet(millis);
  }

  /**
   * Sets the clock forward, and returns when every event loop has ended what that made too late.
   */
  public void letPass(long millis) {
    skippedNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    for (EventExecutor loop : server.eventLoops()) {
      // An event loop runs what is scheduled in the order of time, so its next tick is before this.
      loop.schedule(() -> {}, EventLoopState.TICK_MILLIS + 1, TimeUnit.MILLISECONDS)
          .syncUninterruptibly();
    }
  }

  private Channel listenForNodes() {
    return new ServerBootstrap()
        .group(server.eventLoops())
        .channel(transport.serverChannel())
        .handler(LateAccept.INSTANCE)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                overlayChannels.add(channel);
                server.nodeConnections().acceptWaiting(channel, new NodeName("lander"));
                if (!peersWait) {
                  server.nodeConnections().open(channel);
                }
              }
            })
        .bind(new InetSocketAddress(LOOPBACK, 0))
        .syncUninterruptibly()
        .channel();
  }

  /** What the node would implement. */
  private final class Ports implements EdgePorts {
    @Override
    public EdgeSnapshot snapshot() {
      return snapshot;
    }

    @Override
    public Future<Channel> openH2(Candidate candidate, EventLoop loop) {
      Promise<Channel> promise = loop.newPromise();
      InetSocketAddress to = OVERLAY.get(candidate.identity());
      if (dialFails || to == null) {
        return promise.setFailure(new IllegalStateException("unreachable"));
      }
      // On the event loop: a listener that is added elsewhere may come behind the first bytes read.
      dials.dial(() -> loop.execute(() -> dial(to, loop, promise)));
      return promise;
    }

    private void dial(InetSocketAddress to, EventLoop loop, Promise<Channel> promise) {
      ChannelHandler nothing = new ChannelInboundHandlerAdapter();
      ChannelFuture connect =
          new Bootstrap()
              .group(loop)
              .channel(transport.clientChannel())
              .handler(nothing)
              .connect(to);
      ChannelIo.ignore(connect.addListener(f -> connected(connect, nothing, promise)));
    }

    private void connected(
        ChannelFuture connect, ChannelHandler placeholder, Promise<Channel> promise) {
      if (connect.isSuccess()) {
        connect.channel().pipeline().remove(placeholder);
        dialled.add(connect.channel());
        promise.setSuccess(connect.channel());
      } else {
        promise.setFailure(connect.cause());
      }
    }

    @Override
    public CompletableFuture<PurgeOutcome> purge(SocketAddress client, String url, boolean soft) {
      return purged;
    }

    @Override
    public ChallengeAnswers challenges() {
      return challenges;
    }

    @Override
    public void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind) {
      failures.add(kind);
    }

    @Override
    public CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
      questions.add(question);
      return answer;
    }

    @Override
    public void listenerFailed(InetSocketAddress listener, String why) {
      throw new IllegalStateException(why);
    }
  }

  public EdgePorts ports() {
    return new Ports();
  }

  public EdgeServer edge() {
    return server;
  }

  public InetSocketAddress http() {
    return server.addresses().getFirst();
  }

  /** Where other nodes forward to. */
  public InetSocketAddress overlay() {
    return (InetSocketAddress) overlayListener.localAddress();
  }

  /** Lets a node be found at an address where something else than a site listens. */
  public static Candidate impostor(int number, InetSocketAddress address) {
    HostAddress identity = new HostAddress(BLOCK, number);
    OVERLAY.put(identity, address);
    return new Candidate(new NodeName("x" + number), identity, Signal.UP, 0, 1, true, "up");
  }

  public void failDials(boolean fail) {
    dialFails = fail;
  }

  /** From now on it is not known of new connections whether their requests are served. */
  public void letPeersWait() {
    peersWait = true;
  }

  /** This site as a candidate of others. */
  public Candidate candidate(Signal signal, long cost) {
    return new Candidate(name, identity, signal, 0, cost, true, "adjacency up");
  }

  /** The same as one that cannot be asked, or only when nothing else is left. */
  public Candidate unreachable(boolean lastResort) {
    return new Candidate(name, identity, Signal.UP, 0, 1, false, lastResort, "path dead");
  }

  /** Publishes: the service shop says this here, has these backends, and is also there. */
  public void publish(Signal local, List<OriginServer> backends, Candidate... candidates) {
    publish(local, new HostedService(backends, 1000), candidates);
  }

  public void publish(Signal local, HostedService service, Candidate... candidates) {
    publish(Shield.NONE, local, service, candidates);
  }

  /** The same of a service of which only some sites ask the origin. */
  public void publish(Shield shield, Signal local, HostedService service, Candidate... candidates) {
    publish(List.of("shop.test", "*.shop.test"), shield, local, service, candidates);
  }

  /** The same under other names. */
  public void publish(
      List<String> hosts,
      Shield shield,
      Signal local,
      HostedService service,
      Candidate... candidates) {
    ServiceView shop =
        new ServiceView(
            SHOP,
            new HostAddress(BLOCK, 256),
            hosts,
            List.of(),
            local,
            List.of(candidates),
            shield);
    snapshot = EdgeSnapshot.of(View.of(name, identity, List.of(shop)), Map.of(SHOP, service));
  }

  /** Publishes that shop is there, and nowhere else until a node is back. */
  public void publishAwaited(Candidate... candidates) {
    ServiceView shop =
        new ServiceView(
            SHOP,
            new HostAddress(BLOCK, 256),
            List.of("shop.test"),
            List.of(),
            Signal.DOWN,
            List.of(candidates),
            Shield.NONE,
            true);
    snapshot = EdgeSnapshot.of(View.of(name, identity, List.of(shop)), Map.of());
  }

  /** Publishes one more service, which is here only. */
  public void publishBeside(ServiceName other, String host, HostedService service) {
    publishBeside(other, host, Signal.UP, service);
  }

  /** The same with another signal of it. */
  public void publishBeside(ServiceName other, String host, Signal signal, HostedService service) {
    ServiceView shop = snapshot.view().routes().getFirst().service();
    ServiceView view =
        new ServiceView(
            other,
            new HostAddress(BLOCK, 257),
            List.of(host),
            List.of(),
            signal,
            List.of(),
            Shield.NONE);
    snapshot =
        EdgeSnapshot.of(
            View.of(name, identity, List.of(shop, view)),
            Map.of(SHOP, Objects.requireNonNull(snapshot.local(SHOP)), other, service));
  }

  /** The node has just started, or knows now which services there are. */
  public void starting(boolean now) {
    snapshot = snapshot.starting(now);
  }

  /** The service has left the config. */
  public void forget() {
    snapshot = EdgeSnapshot.of(View.of(name, identity, List.of()), Map.of());
  }

  /** The services are those of that config. */
  public void generation(int number) {
    snapshot = snapshot.ofGeneration(number);
  }

  public static List<OriginServer> backends(TestBackend... given) {
    List<OriginServer> backends = new ArrayList<>();
    for (TestBackend backend : given) {
      backends.add(new OriginServer(backend.address(), true));
    }
    return backends;
  }

  /** Closes the connections from other nodes, as a dying site would. */
  public void dropOverlay() {
    for (Channel channel : overlayChannels) {
      ChannelHandlerContext first = channel.pipeline().firstContext();
      if (first != null) {
        ChannelIo.close(first);
      }
    }
  }

  /**
   * Waits until the last decision has a reason: it is recorded after the answer has left. Those of
   * its millisecond count as last too, for records of two loops have no order beyond that.
   */
  public void awaitLastDecision(Reason reason) {
    await(
        "the last decision is " + reason,
        () -> {
          List<DecisionRecord> all = server.decisions(Integer.MAX_VALUE);
          return all.stream()
              .filter(each -> each.wallMillis() == all.getFirst().wallMillis())
              .anyMatch(each -> each.reason() == reason);
        });
  }

  public DecisionRecord lastDecision() {
    return server.decisions(1).getFirst();
  }

  /** What was decided on requests for a path. */
  public List<DecisionRecord> decisionsOn(String path) {
    return server.decisions(Integer.MAX_VALUE).stream()
        .filter(d -> d.request().path().equals(path))
        .toList();
  }

  /** Waits until something holds; fails after a deadline. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + RawClient.DEADLINE_MILLIS * 1_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("never: " + what);
      }
      // Between two looks at the condition, which alone ends the wait.
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Override
  public void close() {
    // An edge that was stopped already has taken the loops with it, and what was open on them.
    if (overlayListener.isOpen() && !overlayListener.eventLoop().isShuttingDown()) {
      overlayListener.close().syncUninterruptibly();
    }
    OVERLAY.remove(identity);
    server.close();
  }
}

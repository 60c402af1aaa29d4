package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.SipHash;
import io.landfall.core.Block;
import io.landfall.core.Clock;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.core.Signal;
import io.landfall.decision.Candidate;
import io.landfall.decision.ServiceView;
import io.landfall.decision.View;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.EdgeTimeouts;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginServer;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.Downstream;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.h1.RequestText;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/** A cached service on one event loop, whose time, clients and origin are a test's. */
final class ByHand implements Destinations {
  static final long MEMORY_BYTES = 16 << 20;
  static final ServiceName SHOP = new ServiceName("shop");
  private static final InetSocketAddress BACKEND =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 2);

  final List<Asked> asked = new ArrayList<>();
  final EdgeCache cache;
  final EdgeRuntime runtime;
  final Exchanges exchanges;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final HostAddress identity = new HostAddress(Block.parse("10.32.0.0/23"), 1);
  private long nowNanos = 1_000_000_000;
  private EdgeSnapshot snapshot;
  boolean ended;
  boolean breaks;

  /** With what clients have authenticated their connections; empty if they have not. */
  AsciiString certificate = AsciiString.EMPTY_STRING;

  ByHand(int maxAttempts) {
    this(maxAttempts, CachePolicy.DEFAULT);
  }

  /** One that stores responses to POST too, and no slices. */
  static ByHand storingPost() {
    return new ByHand(
        1, CachePolicy.DEFAULT.withMethods(List.of("GET", "HEAD", "POST")).withSliceBytes(0));
  }

  private ByHand(int maxAttempts, CachePolicy policy) {
    EdgeLimits usual = EdgeLimits.defaults();
    EdgeLimits limits =
        new EdgeLimits(
            usual.messages(),
            usual.connections(),
            new EdgeLimits.Attempts(maxAttempts, usual.attempts().replayBytes()),
            usual.windows());
    CacheSettings cached = CacheSettings.of(MEMORY_BYTES, Map.of(SHOP, policy));
    NodeName name = new NodeName("fra");
    EdgeSettings settings =
        new EdgeSettings(
                name, identity, "fra.cdn.test", List.of(), 1, limits, EdgeTimeouts.defaults())
            .with(cached);
    Clock clock =
        new Clock() {
          @Override
          public long monotonicNanos() {
            return nowNanos;
          }

          @Override
          public long wallMillis() {
            return nowNanos / 1_000_000;
          }
        };
    knowsItsPlace();
    cache =
        new EdgeCache(
            cached, "fra.cdn.test", new SipHash(1, 2), clock, PooledByteBufAllocator.DEFAULT);
    runtime = new EdgeRuntime(settings, new Ports(), clock);
    exchanges =
        new Exchanges(runtime, () -> nowNanos, this, this::execute, cache.forLoop(this::execute));
  }

  private EdgeSnapshot shop(NodeName name, Signal signal, List<OriginServer> backends) {
    ServiceView view =
        new ServiceView(
            SHOP,
            new HostAddress(Block.parse("10.32.0.0/23"), 256),
            List.of("shop.test"),
            List.of(),
            signal,
            List.of());
    return EdgeSnapshot.of(
        View.of(name, identity, List.of(view)), Map.of(SHOP, new HostedService(backends, 1000)));
  }

  private void execute(Runnable task) {
    if (ended) {
      throw new RejectedExecutionException("the event loop has ended");
    }
    tasks.add(task);
  }

  /** Runs what waits for the loop. */
  void run() {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }

  /** Lets time pass, with the loop's ticks. */
  void letPass(long millis) {
    for (long passed = 0; passed < millis; passed += 1000) {
      nowNanos += 1_000_000_000;
      exchanges.tick(nowNanos);
      run();
    }
  }

  /** The backend is gone, and the service down. */
  void withdraw() {
    snapshot = shop(new NodeName("fra"), Signal.DOWN, List.of());
    goOn();
  }

  /** The node does not know yet where the service is: requests for it wait. */
  void knowsNoPlaceYet() {
    snapshot = shop(new NodeName("fra"), Signal.DOWN, List.of()).starting(true);
  }

  /** The backend is there; who waited for a place goes on with {@link #goOn} only. */
  void knowsItsPlace() {
    snapshot = shop(new NodeName("fra"), Signal.UP, List.of(new OriginServer(BACKEND, true)));
  }

  /** Requests that wait for a place look again. */
  void goOn() {
    exchanges.reconsider(Set.of(SHOP));
    run();
  }

  CacheView view() {
    return new CacheView(
        cache.views().services().getFirst().stored().bytes(),
        cache.views().services().getFirst().requests().misses());
  }

  record CacheView(long bytes, long misses) {}

  /** A client sends a request. */
  Client asks(String line, String... lines) {
    Client client = startsWithoutRunning(line, lines);
    run();
    return client;
  }

  /** A client sends a request, and what it gives to the loop for later waits. */
  Client startsWithoutRunning(String line, String... lines) {
    Client client =
        new Client(line + " HTTP/1.1\r\nHost: shop.test\r\n" + CachedSite.joined(lines) + "\r\n");
    client.exchange.start();
    return client;
  }

  /** What was given to the loop for later is lost. */
  void loseTasks() {
    tasks.clear();
  }

  /** Whether more of a response is wanted now. */
  static boolean isWanted(Asked asked) {
    return !asked.cancelled && asked.exchange.isDownstreamWritable();
  }

  @Override
  public Origin origin(OriginPlace place) {
    if (breaks) {
      throw new IllegalStateException("no attempt is made");
    }
    return new Origin() {
      @Override
      public int busy() {
        return 0;
      }

      @Override
      public Attempt attempt(Exchange exchange, ServiceName service) {
        return new Asked(exchange);
      }

      @Override
      public Attempt attemptOnNewConnection(Exchange exchange, ServiceName service) {
        return attempt(exchange, service);
      }
    };
  }

  @Override
  public Attempt node(Exchange exchange, ServiceName service, Candidate candidate) {
    throw new IllegalStateException("there is no other node");
  }

  private final class Ports implements EdgePorts {
    @Override
    public EdgeSnapshot snapshot() {
      return snapshot;
    }

    @Override
    public Future<Channel> openH2(Candidate candidate, EventLoop loop) {
      throw new IllegalStateException("there is no other node");
    }

    @Override
    public void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind) {}

    @Override
    public void listenerFailed(InetSocketAddress listener, String why) {}
  }

  /** A request that the origin has. */
  final class Asked implements Attempt {
    final Exchange exchange;
    boolean forward;
    boolean cancelled;
    int resumed;

    Asked(Exchange exchange) {
      this.exchange = exchange;
    }

    /** The head of its response; with a length, or chunked. */
    void answer(int status, long length, String... lines) {
      FieldLines fields = new FieldLines();
      for (String line : lines) {
        int colon = line.indexOf(": ");
        fields.add(
            AsciiString.of(line.substring(0, colon)), AsciiString.of(line.substring(colon + 2)));
      }
      Framing framing = length < 0 ? Framing.CHUNKED : Framing.length(length);
      exchange.head(this, new ResponseHead(status, fields, framing, true, true));
      run();
    }

    /** An interim response. */
    void interim() {
      exchange.interim(this, new ResponseHead(102, new FieldLines(), Framing.NONE, true, true));
      run();
    }

    void data(int bytes) {
      exchange.data(this, Unpooled.wrappedBuffer(new byte[bytes]));
      exchange.flushDownstream();
      run();
    }

    void finish() {
      exchange.end(this);
      run();
    }

    @Override
    public Object place() {
      return BACKEND;
    }

    @Override
    public String name() {
      return "backend";
    }

    @Override
    public String nextHop() {
      return "shop";
    }

    @Override
    public boolean isForward() {
      return forward;
    }

    @Override
    public boolean isStillThere(EdgeSnapshot now) {
      return now.view().route("shop.test", "/").orElseThrow().service().local() != Signal.DOWN;
    }

    @Override
    public void start() {
      asked.add(this);
      exchange.ready(this);
    }

    @Override
    public void body(ByteBuf data) {
      data.release();
    }

    @Override
    public void end() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void flush() {}

    @Override
    public void resume() {
      resumed++;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public void timedOut() {}
  }

  /** A client that takes what it wants to. */
  final class Client implements Downstream {
    final Exchange exchange;
    int status;
    String cacheStatus = "";
    long bytes;
    long most = Long.MAX_VALUE;
    boolean whole;
    boolean aborted;

    Client(String request) {
      RequestHead head = RequestText.head(request);
      if (!certificate.isEmpty()) {
        head.fields().add(FieldNames.CONNECTION_CERT, certificate);
      }
      exchange = new Exchange(exchanges, head, this, Optional.empty());
    }

    /** Takes more. */
    void take(long more) {
      most += more;
      exchange.downstreamWritable();
      run();
    }

    void leave() {
      exchange.downstreamGone();
      run();
    }

    @Override
    public SocketAddress remote() {
      return CLIENT;
    }

    @Override
    public void respond(int given, FieldLines fields, Framing framing) {
      status = given;
      AsciiString said = fields.first(AsciiString.of("cache-status"));
      cacheStatus = said == null ? "" : said.toString();
    }

    @Override
    public void body(ByteBuf data) {
      bytes += data.readableBytes();
      data.release();
    }

    @Override
    public void end() {
      whole = true;
    }

    @Override
    public void abort() {
      aborted = true;
    }

    @Override
    public void interim(int given, FieldLines fields) {}

    @Override
    public boolean isWritable() {
      return bytes < most;
    }

    @Override
    public void flush() {}

    @Override
    public void pumpBody() {}
  }
}

package io.landfall.edge.server;

import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.CacheUse;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.h1.ClientConnections;
import io.landfall.edge.h1.OriginPools;
import io.landfall.edge.h2.BackendPools;
import io.landfall.edge.h2.ForwardPools;
import io.landfall.edge.h2.H2FromClients;
import io.landfall.edge.h2.H2ServerConnections;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.ClientPlaces;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.loop.InputMemory;
import io.landfall.edge.loop.Ticks;
import io.landfall.edge.proxy.ProxyInputs;
import io.landfall.edge.tcp.TcpClients;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Everything that belongs to one event loop, put together: its requests in progress, its
 * connections, its clock. Touched by that loop only, so nothing in it is synchronised.
 */
final class EventLoopState implements EdgeLoop, Destinations {
  static final long TICK_MILLIS = 50;

  private final EdgeRuntime runtime;
  private final EventLoop eventLoop;
  private final InputMemory inputMemory;
  private final OriginPools origins;
  private final BackendPools http2Origins;
  private final ForwardPools nodes;
  private final Exchanges exchanges;
  private final ClientPlaces places;
  private final ClientConnections clients;
  private final ProxyInputs proxyInputs;
  private final TcpClients tcpClients;
  private final H2FromClients fromClients;
  private final H2ServerConnections fromNodes;

  private final Ticks ticks;
  private long nowNanos;
  private boolean leaving;
  private boolean draining;

  EventLoopState(
      EdgeRuntime runtime, NettyTransport transport, EventLoop eventLoop, CacheUse cache) {
    this.runtime = runtime;
    this.eventLoop = eventLoop;
    this.nowNanos = runtime.clock().monotonicNanos();
    this.inputMemory =
        new InputMemory(runtime.settings().limits().messages().inputMemoryBytes(), eventLoop);
    Bootstrap toBackends =
        new Bootstrap()
            .group(eventLoop)
            .channel(transport.clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                runtime.settings().timeouts().servers().backendConnectMillis());
    this.origins = new OriginPools(this, runtime, toBackends);
    this.http2Origins = new BackendPools(this, runtime, toBackends, origins::makeRoom);
    this.nodes = new ForwardPools(this, runtime);
    this.exchanges = new Exchanges(runtime, this, this, eventLoop, cache);
    this.places =
        new ClientPlaces(
            runtime.settings().limits().connections().maxClientConnections(),
            runtime.counters().clientConnections,
            runtime.counters().connectionsThatMadeRoom);
    this.fromClients = new H2FromClients(this, exchanges, places);
    this.clients = new ClientConnections(this, exchanges, places, fromClients::take);
    this.tcpClients = new TcpClients(this, exchanges, places);
    this.proxyInputs = new ProxyInputs(this, runtime, places);
    this.fromNodes = new H2ServerConnections(this, exchanges);
    this.ticks =
        new Ticks(
            List.of(
                exchanges::tick,
                proxyInputs::tick,
                any -> tcpClients.tick(),
                clients::tick,
                fromClients::tick,
                origins::tick,
                http2Origins::tick,
                nodes::tick,
                fromNodes::tick));
    ChannelIo.ignore(
        eventLoop.scheduleWithFixedDelay(
            this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS));
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  @Override
  public EventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public InputMemory inputMemory() {
    return inputMemory;
  }

  @Override
  public long nowNanos() {
    return nowNanos;
  }

  @Override
  public boolean isLeaving() {
    return leaving;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public Origin origin(OriginPlace place) {
    return switch (place.protocol()) {
      case HTTP_1, TCP -> origins.of(place);
      case HTTP_2 -> http2Origins.of(place);
    };
  }

  @Override
  public Attempt node(Exchange exchange, ServiceName service, Candidate candidate) {
    return nodes.attempt(exchange, service, candidate);
  }

  /** The requests in progress. */
  Exchanges exchanges() {
    return exchanges;
  }

  /** The places for connections of clients. */
  ClientPlaces places() {
    return places;
  }

  /** The connections of clients, as long as they do not turn out to be HTTP/2. */
  ClientConnections clients() {
    return clients;
  }

  /** Connections that begin with a PROXY header. */
  ProxyInputs proxyInputs() {
    return proxyInputs;
  }

  /** The connections of clients to TCP services. */
  TcpClients tcpClients() {
    return tcpClients;
  }

  /** The connections to other nodes. */
  ForwardPools nodes() {
    return nodes;
  }

  /** The connections of other nodes to this one. */
  H2ServerConnections fromNodes() {
    return fromNodes;
  }

  /** The limits and waits of the settings are others now. */
  void resize() {
    EdgeLimits limits = runtime.settings().limits();
    int connectMillis = runtime.settings().timeouts().servers().backendConnectMillis();
    inputMemory.resize(limits.messages().inputMemoryBytes());
    places.resize(limits.connections().maxClientConnections());
    origins.connectWithin(connectMillis);
    http2Origins.connectWithin(connectMillis);
  }

  /** From now on every answer to a client is the last one on its connection. */
  void leave() {
    leaving = true;
    fromClients.leaveAll();
  }

  /** As leaving, and other nodes open connections to the successor. */
  void leaveToSuccessor() {
    leave();
    fromNodes.refuseAll();
  }

  /** From now on connections are closed as soon as their request is done. */
  void drain() {
    leaving = true;
    draining = true;
    fromClients.leaveAll();
    fromNodes.refuseAll();
  }

  /** The time that a stop waits is over: what can be ended in order is. */
  void endInOrder() {
    exchanges.endTunnels();
    clients.endIdle();
  }

  private void tick() {
    tick(runtime.clock().monotonicNanos());
  }

  /** Ends what has waited too long. */
  void tick(long atNanos) {
    nowNanos = atNanos;
    ticks.run(atNanos);
  }
}

package io.landfall.edge;

import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that belongs to one event loop: its requests in progress, its client connections, its
 * pools. Touched by that loop only, so nothing in it is synchronised.
 *
 * <p>Timeouts are found by walking these lists several times a second: cheaper than a timer per
 * request, which nearly always would be cancelled.
 */
final class EventLoopState {
  private static final long TICK_MILLIS = 50;

  private final EdgeRuntime runtime;
  private final EventLoop eventLoop;
  private final Bootstrap clientBootstrap;
  private final Map<InetSocketAddress, OriginPool> backends = new LinkedHashMap<>();
  private final Map<HostAddress, ForwardPool> peers = new LinkedHashMap<>();
  // As many as other nodes and their connections.
  private final Set<H2ServerConnection> fromNodes = new LinkedHashSet<>();
  private final InputMemory inputMemory;
  private final RecentDecisions recent = new RecentDecisions();
  private final HttpDate date = new HttpDate();
  private final AbortLimiter aborters = new AbortLimiter();
  private final HeldRequests held = new HeldRequests();

  private @Nullable Exchange exchanges;
  private @Nullable ClientConnection clients;
  private int clientCount;

  /** Clients that have asked for nothing yet, in the order in which they came. */
  private final Set<ClientConnection> withoutRequest = new LinkedHashSet<>();

  private int turn;
  private long nowNanos = System.nanoTime();
  private boolean draining;

  EventLoopState(EdgeRuntime runtime, EventLoop eventLoop) {
    this.runtime = runtime;
    this.eventLoop = eventLoop;
    this.inputMemory = new InputMemory(runtime.config().limits().inputMemoryBytes(), eventLoop);
    this.clientBootstrap =
        new Bootstrap()
            .group(eventLoop)
            .channel(runtime.transport().clientChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                runtime.config().timeouts().backendConnectMillis());
    ChannelIo.ignore(
        eventLoop.scheduleWithFixedDelay(
            this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS));
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  Bootstrap clientBootstrap() {
    return clientBootstrap;
  }

  EdgeCounters counters() {
    return runtime.counters();
  }

  InputMemory inputMemory() {
    return inputMemory;
  }

  RecentDecisions recent() {
    return recent;
  }

  /** The time of the last tick: exact enough for timeouts, and free. */
  long nowNanos() {
    return nowNanos;
  }

  /** The value of a Date field now. */
  AsciiString date() {
    return date.now();
  }

  /** The clients that break off forwarded requests. */
  AbortLimiter aborters() {
    return aborters;
  }

  /** A number that is another one each time, for taking turns. */
  int nextTurn() {
    return turn++;
  }

  OriginPool backend(InetSocketAddress address) {
    return backends.computeIfAbsent(address, a -> new OriginPool(this, a));
  }

  ForwardPool peer(Candidate candidate) {
    return peers.computeIfAbsent(candidate.identity(), i -> new ForwardPool(this));
  }

  /** Sends no further request on the connections to a node. */
  void peerLeft(HostAddress identity) {
    ForwardPool pool = peers.get(identity);
    if (pool != null) {
      pool.retireAll();
    }
  }

  /** Closes the connections for forwarding to a node. */
  void peerLost(HostAddress identity) {
    ForwardPool pool = peers.get(identity);
    if (pool != null) {
      pool.closeAll();
    }
  }

  boolean isDraining() {
    return draining;
  }

  /** From now on connections are closed as soon as their request is done. */
  void drain() {
    draining = true;
    List.copyOf(fromNodes).forEach(H2ServerConnection::refuse);
  }

  /** Takes over a connection on which another node forwards requests. */
  void acceptWaitingH2(Channel channel, NodeName peer) {
    if (draining) {
      ChannelIo.close(channel);
      return;
    }
    H2ServerConnection connection = H2ServerConnection.create(this, peer);
    fromNodes.add(connection);
    ChannelIo.ignore(channel.closeFuture().addListener(f -> fromNodes.remove(connection)));
    channel.pipeline().addLast(connection);
  }

  /** Does something with the HTTP/2 end of such a connection, if it is still there. */
  static void onOverlay(Channel channel, Consumer<H2ServerConnection> action) {
    H2ServerConnection found = channel.pipeline().get(H2ServerConnection.class);
    if (found != null) {
      action.accept(found);
    }
  }

  /** The requests of peers of whom it is not known yet whether they are served. */
  HeldRequests held() {
    return held;
  }

  boolean isFull() {
    return clientCount >= runtime.config().limits().maxClientConnections();
  }

  /** A client's first request is here; it keeps its place from now on. */
  void asks(ClientConnection client) {
    withoutRequest.remove(client);
  }

  /**
   * Closes the oldest connection on which no request has come, be it in its TLS handshake or in its
   * first head: whoever only holds places must not keep out those that use them.
   *
   * @return whether there was one
   */
  boolean makeRoom() {
    Iterator<ClientConnection> oldest = withoutRequest.iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    ClientConnection gone = oldest.next();
    oldest.remove();
    gone.drop();
    return true;
  }

  void add(Exchange exchange) {
    counters().inProgress.increment();
    exchange.next = exchanges;
    if (exchanges != null) {
      exchanges.previous = exchange;
    }
    exchanges = exchange;
  }

  void remove(Exchange exchange) {
    counters().inProgress.decrement();
    Exchange before = exchange.previous;
    Exchange after = exchange.next;
    if (before == null) {
      exchanges = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    // The links of a removed exchange stay, so that a walk that stands on it can go on.
    exchange.previous = null;
  }

  void add(ClientConnection client) {
    counters().clientConnections.increment();
    clientCount++;
    withoutRequest.add(client);
    client.next = clients;
    if (clients != null) {
      clients.previous = client;
    }
    clients = client;
  }

  void remove(ClientConnection client) {
    counters().clientConnections.decrement();
    clientCount--;
    withoutRequest.remove(client);
    ClientConnection before = client.previous;
    ClientConnection after = client.next;
    if (before == null) {
      clients = after;
    } else {
      before.next = after;
    }
    if (after != null) {
      after.previous = before;
    }
    client.previous = null;
  }

  /** Lets requests to these services that wait for a place that is gone go elsewhere. */
  void reconsider(Set<ServiceName> changed) {
    EdgeSnapshot snapshot = runtime.ports().snapshot();
    Exchange at = exchanges;
    while (at != null) {
      Exchange following = at.next;
      at.reconsider(snapshot, changed);
      at = following;
    }
  }

  /** The node knows now what there is: requests that waited for that are decided. */
  void started() {
    Exchange at = exchanges;
    while (at != null) {
      Exchange following = at.next;
      at.started();
      at = following;
    }
  }

  private void tick() {
    tick(System.nanoTime());
  }

  /** Ends what has waited too long. */
  void tick(long atNanos) {
    nowNanos = atNanos;
    Exchange exchange = exchanges;
    while (exchange != null) {
      Exchange following = exchange.next;
      exchange.tick(nowNanos);
      exchange = following;
    }
    ClientConnection client = clients;
    while (client != null) {
      ClientConnection following = client.next;
      client.tick(nowNanos);
      client = following;
    }
    backends.values().removeIf(pool -> pool.tick(nowNanos));
    peers.values().removeIf(pool -> pool.tick(nowNanos));
    for (H2ServerConnection connection : List.copyOf(fromNodes)) {
      connection.tick(nowNanos);
    }
  }
}

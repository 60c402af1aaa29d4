package io.landfall.edge.h1;

import io.landfall.core.Addresses;
import io.landfall.core.OwnLimit;
import io.landfall.core.ServiceName;
import io.landfall.edge.ClientAddresses;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginTls;
import io.landfall.edge.ProxyProtocol;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.landfall.edge.origin.OriginHandshake;
import io.landfall.edge.proxy.ProxyPreface;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one backend. The one used last is reused first, so that
 * surplus connections grow old and are closed. A request that cannot be repeated gets only a
 * connection that was used a moment ago, or a new one: an old one may be closing at the backend
 * just now, and then nobody could tell whether the request was processed.
 */
final class OriginPool implements Destinations.Origin {
  /** How long after its last use a connection is trusted with what cannot be repeated. */
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final OriginPools all;
  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final Bootstrap bootstrap;
  private final OriginPlace place;
  private final String name;
  private final Deque<OriginConnection> idle = new ArrayDeque<>();
  private int open;
  private int busy;
  private @Nullable ServiceName usedBy;
  private boolean idleCloseReported;

  OriginPool(OriginPools all, OriginPlace place) {
    this.all = all;
    this.loop = all.loop();
    this.runtime = all.runtime();
    this.bootstrap = all.bootstrap();
    this.place = place;
    this.name = Addresses.format(place.address());
  }

  EdgeLimits limits() {
    return runtime.settings().limits();
  }

  /** How long a backend may take nothing of what was written to it, in milliseconds. */
  long mostStallMillis() {
    return runtime.settings().timeouts().bodyIdleMillis();
  }

  /** The address as text, made once. */
  String name() {
    return name;
  }

  OriginPlace place() {
    return place;
  }

  @Override
  public int busy() {
    return busy;
  }

  @Override
  public Attempt attempt(Exchange exchange, ServiceName service) {
    return new OriginAttempt(exchange, service, this, false);
  }

  @Override
  public Attempt attemptOnNewConnection(Exchange exchange, ServiceName service) {
    return new OriginAttempt(exchange, service, this, true);
  }

  /** Gives the attempt a connection, now or later. */
  void start(OriginAttempt attempt) {
    usedBy = attempt.service();
    ClientAddresses client = clientOf(attempt);
    OriginConnection connection = attempt.needsNewConnection() ? null : usable(client);
    long now = loop.nowNanos();
    boolean repeatable = attempt.exchange().request().method().isIdempotent();
    if (connection != null && (repeatable || now - connection.idleSinceNanos() < FRESH_NANOS)) {
      idle.remove(connection);
      busy++;
      connection.begin(attempt);
    } else if (open < limits().connections().maxBackendConnections() || makeRoom()) {
      open++;
      busy++;
      // From a task: see LateAccept.
      loop.eventLoop().execute(() -> connect(attempt));
    } else {
      attempt.failed(new AttemptFailure(FailureKind.NO_CAPACITY, true));
    }
  }

  /** Whose connection it has to be; null if it may be any. */
  private @Nullable ClientAddresses clientOf(OriginAttempt attempt) {
    return place.proxy() == ProxyProtocol.NONE ? null : attempt.exchange().client();
  }

  /**
   * An idle connection must not keep out a request that cannot have it: of another client, where
   * each has its own, one that may not be sent twice, or one that wants a new one.
   */
  boolean makeRoom() {
    if (idle.isEmpty()) {
      return false;
    }
    idle.removeLast().discard();
    return true;
  }

  /** The connection for that client that was used last, if any is left. */
  private @Nullable OriginConnection usable(@Nullable ClientAddresses client) {
    if (place.proxy() == ProxyProtocol.NONE) {
      return usable();
    }
    for (OriginConnection each : idle) {
      if (each.isUsable() && Objects.equals(each.client(), client)) {
        return each;
      }
    }
    return null;
  }

  /** The connection used last, if any is left that the backend has not closed. */
  private @Nullable OriginConnection usable() {
    OriginConnection first = idle.peekFirst();
    while (first != null && !first.isUsable()) {
      idle.removeFirst();
      first.discard();
      first = idle.peekFirst();
    }
    return first;
  }

  private void connect(OriginAttempt attempt) {
    if (attempt.isCancelled()) {
      open--;
      busy--;
      return;
    }
    if (!runtime.backendConnections().take(all::makeRoom)) {
      open--;
      busy--;
      attempt.failed(AttemptFailure.noDescriptor());
      return;
    }
    ClientAddresses client = clientOf(attempt);
    OriginConnection connection = new OriginConnection(this, client);
    long sinceNanos = loop.nowNanos();
    ChannelFuture future = bootstrap.clone().handler(connection).connect(place.address());
    ChannelIo.whenOver(future, runtime.backendConnections()::giveBack);
    ChannelIo.ignore(
        future.addListener(
            f ->
                ChannelIo.on(
                    loop.eventLoop(), () -> connected(attempt, connection, future, sinceNanos))));
  }

  private void connected(
      OriginAttempt attempt, OriginConnection connection, ChannelFuture future, long sinceNanos) {
    if (!future.isSuccess()) {
      open--;
      failed(attempt, future.cause());
      return;
    }
    announce(connection);
    if (place.tls().isPresent()) {
      shakeHands(attempt, connection, place.tls().get(), sinceNanos);
    } else {
      connected(attempt, connection);
    }
  }

  /** Sends the PROXY header, in front of TLS. */
  private void announce(OriginConnection connection) {
    byte[] header = ProxyPreface.of(place.proxy(), connection.client());
    if (header.length > 0) {
      ChannelIo.ignore(connection.channel().writeAndFlush(Unpooled.wrappedBuffer(header)));
    }
  }

  /** The handshake has what is left of the time for connecting. */
  private void shakeHands(
      OriginAttempt attempt, OriginConnection connection, OriginTls tls, long sinceNanos) {
    long usedMillis = (loop.nowNanos() - sinceNanos) / 1_000_000;
    int mostMillis = runtime.settings().timeouts().servers().backendConnectMillis();
    OriginHandshake.Begun begun =
        OriginHandshake.begin(connection.channel(), tls, mostMillis - usedMillis);
    connection.secured(begun.reads());
    ChannelIo.ignore(
        begun
            .done()
            .addListener(
                done -> {
                  if (done.isSuccess()) {
                    connected(attempt, connection);
                  } else {
                    // It is closed, and counted when that has come about.
                    connection.discard();
                    unsecured(attempt, done.cause());
                  }
                }));
  }

  private void unsecured(OriginAttempt attempt, Throwable cause) {
    busy--;
    FailureKind kind = OriginHandshake.kind(cause);
    OriginHandshake.report(kind, cause).ifPresent(seen -> report(attempt.service(), seen));
    attempt.failed(new AttemptFailure(kind, true));
  }

  private void failed(OriginAttempt attempt, Throwable cause) {
    busy--;
    if (OwnLimit.isReached(cause)) {
      attempt.failed(AttemptFailure.noDescriptor());
      return;
    }
    boolean timeout = cause instanceof ConnectTimeoutException;
    report(attempt.service(), timeout ? OriginFailure.CONNECT_TIMEOUT : OriginFailure.REFUSED);
    FailureKind kind = timeout ? FailureKind.CONNECT_TIMEOUT : FailureKind.REFUSED;
    attempt.failed(new AttemptFailure(kind, true));
  }

  private void connected(OriginAttempt attempt, OriginConnection connection) {
    if (attempt.isCancelled()) {
      release(connection);
    } else {
      connection.begin(attempt);
    }
  }

  /** A connection whose response ended in good order. */
  void release(OriginConnection connection) {
    busy--;
    if (place.proxy() != ProxyProtocol.NONE
        && !idle.isEmpty()
        && idle.size() >= limits().connections().maxIdlePerBackend()) {
      idle.removeLast().discard();
    }
    if (idle.size() < limits().connections().maxIdlePerBackend() && connection.isUsable()) {
      connection.idleSinceNanos(loop.nowNanos());
      idle.addFirst(connection);
    } else {
      connection.discard();
    }
  }

  /** A connection that was in use will not be used again. */
  void abandoned() {
    busy--;
  }

  /**
   * A connection has switched protocols: it counts among the requests of the backend until it is
   * abandoned, and no more among the connections that others may have.
   */
  void tunnelled() {
    open--;
  }

  /** A connection's channel is closed. */
  void closed(OriginConnection connection, boolean byBackend) {
    open--;
    boolean wasIdle = idle.remove(connection);
    if (wasIdle && byBackend && usedBy != null) {
      report(usedBy, OriginFailure.IDLE_CLOSED);
    }
  }

  void report(ServiceName service, OriginFailure kind) {
    if (kind == OriginFailure.IDLE_CLOSED) {
      if (idleCloseReported) {
        return;
      }
      // Once per tick is enough: when a backend dies, all its idle connections close together.
      idleCloseReported = true;
    }
    HostedService local = runtime.ports().snapshot().local(service);
    // An authorization service is none of its backends: nobody probes it or leaves it out.
    if (local != null && local.at(place) != null) {
      runtime.ports().backendFailed(service, place.address(), kind);
    }
  }

  /** Closes what was idle for too long, and returns whether nothing of the pool is in use. */
  boolean tick(long nowNanos) {
    idleCloseReported = false;
    long limit = runtime.settings().timeouts().servers().backendIdleMillis() * 1_000_000;
    OriginConnection oldest = idle.peekLast();
    while (oldest != null && nowNanos - oldest.idleSinceNanos() > limit) {
      idle.removeLast();
      oldest.discard();
      oldest = idle.peekLast();
    }
    return open == 0 && busy == 0;
  }
}

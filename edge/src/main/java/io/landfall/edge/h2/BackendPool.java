package io.landfall.edge.h2;

import io.landfall.core.Addresses;
import io.landfall.core.OwnLimit;
import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.OriginPlace;
import io.landfall.edge.OriginTls;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Destinations;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.origin.OriginHandshake;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one backend over HTTP/2. A connection carries requests only
 * once the backend has sent its SETTINGS: then it does speak HTTP/2, and its bound of concurrent
 * requests is known. Over TLS ALPN has to choose {@code h2}; there is no fall back to HTTP/1.1.
 */
final class BackendPool extends H2ClientPool implements Destinations.Origin {
  /** Connections over which requests are spread while there is room on those that are there. */
  private static final int MOST_SPREAD = 4;

  private final OriginPlace place;
  private final Bootstrap bootstrap;
  private final BooleanSupplier makeRoom;
  private final String name;

  /** What is being opened, as far as it is. */
  private @Nullable Channel opening;

  /** The one that waits for SETTINGS. */
  private @Nullable H2ClientConnection unsettled;

  /** What that fails with, if it was not HTTP/2 that failed. */
  private FailureKind unsettledKind = FailureKind.NOT_HTTP2;

  private @Nullable ServiceName usedBy;
  private boolean idleCloseReported;

  BackendPool(BackendPools all, OriginPlace place) {
    super(all.loop(), all.runtime(), H2Profile.BACKEND, all.failures());
    this.bootstrap = all.bootstrap();
    this.makeRoom = all.makeRoom();
    this.place = place;
    this.name = Addresses.format(place.address());
  }

  OriginPlace place() {
    return place;
  }

  /** The address as text, made once. */
  String name() {
    return name;
  }

  @Override
  public int busy() {
    return requests();
  }

  @Override
  public Attempt attempt(Exchange exchange, ServiceName service) {
    return attempt(exchange, service, false);
  }

  @Override
  public Attempt attemptOnNewConnection(Exchange exchange, ServiceName service) {
    // The connection that ended is not in the pool any more.
    return attempt(exchange, service, true);
  }

  private Attempt attempt(Exchange exchange, ServiceName service, boolean again) {
    BackendPlace at = new BackendPlace(exchange, service, this, again);
    return new H2Attempt(exchange, at, loop(), profile(), runtime().settings().limits());
  }

  /** Gives the attempt a connection, now or later. */
  void start(H2Attempt attempt, ServiceName service) {
    usedBy = service;
    start(attempt);
  }

  /** Few while they have room, and then as many as to a backend over HTTP/1.1. */
  @Override
  boolean mayHoldOneMore(boolean spare) {
    EdgeLimits.Connections limits = runtime().settings().limits().connections();
    return spare
        ? connections() < MOST_SPREAD
        : connections() + retiring() < limits.maxBackendConnections();
  }

  @Override
  long dialMillis() {
    return runtime().settings().timeouts().servers().backendConnectMillis();
  }

  @Override
  void open(Dial begun) {
    if (begun.isOver()) {
      return;
    }
    if (!runtime().backendConnections().take(makeRoom)) {
      fail(begun, AttemptFailure.noDescriptor());
      return;
    }
    ChannelHandler nothing = new ChannelInboundHandlerAdapter();
    long sinceNanos = loop().nowNanos();
    ChannelFuture future = bootstrap.clone().handler(nothing).connect(place.address());
    opening = future.channel();
    ChannelIo.whenOver(future, runtime().backendConnections()::giveBack);
    ChannelIo.ignore(
        future.addListener(
            f -> ChannelIo.on(loop().eventLoop(), () -> connected(begun, future, sinceNanos))));
  }

  private void connected(Dial begun, ChannelFuture future, long sinceNanos) {
    if (!future.isSuccess()) {
      refused(begun, future.cause());
    } else if (place.tls().isPresent()) {
      shakeHands(begun, future.channel(), place.tls().get(), sinceNanos);
    } else {
      begin(begun, future.channel());
    }
  }

  private void refused(Dial of, Throwable cause) {
    if (of.isOver()) {
      return;
    }
    if (OwnLimit.isReached(cause)) {
      fail(of, AttemptFailure.noDescriptor());
      return;
    }
    boolean timeout = cause instanceof ConnectTimeoutException;
    reportLatest(timeout ? OriginFailure.CONNECT_TIMEOUT : OriginFailure.REFUSED);
    FailureKind kind = timeout ? FailureKind.CONNECT_TIMEOUT : FailureKind.REFUSED;
    fail(of, new AttemptFailure(kind, true));
  }

  private void fail(Dial of, FailureKind kind) {
    fail(of, new AttemptFailure(kind, true));
  }

  private void fail(Dial of, AttemptFailure failure) {
    opening = null;
    unsettled = null;
    of.failed(failure);
  }

  /** The handshake has what is left of the time for connecting. */
  private void shakeHands(Dial of, Channel channel, OriginTls tls, long sinceNanos) {
    long usedMillis = (loop().nowNanos() - sinceNanos) / 1_000_000;
    OriginHandshake.Begun handshake =
        OriginHandshake.begin(channel, tls, dialMillis() - usedMillis);
    ChannelIo.ignore(
        handshake
            .done()
            .addListener(
                done -> {
                  if (of.isOver()) {
                    ChannelIo.close(channel);
                  } else if (!done.isSuccess()) {
                    unsecured(of, channel, done.cause());
                  } else if (isHttp2(channel)) {
                    begin(of, channel);
                  } else {
                    ChannelIo.close(channel);
                    reportLatest(OriginFailure.TLS_FAILED);
                    fail(of, FailureKind.ALPN_REFUSED);
                  }
                }));
  }

  private static boolean isHttp2(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
  }

  private void unsecured(Dial of, Channel channel, Throwable cause) {
    ChannelIo.close(channel);
    FailureKind kind = OriginHandshake.kind(cause);
    OriginHandshake.report(kind, cause).ifPresent(this::reportLatest);
    fail(of, kind);
  }

  private void begin(Dial of, Channel channel) {
    if (of.isOver() || !channel.isActive()) {
      ChannelIo.close(channel);
      if (!of.isOver()) {
        fail(of, FailureKind.CLOSED);
      }
      return;
    }
    H2ClientConnection connection = H2ClientConnection.create(this);
    unsettled = connection;
    unsettledKind = FailureKind.NOT_HTTP2;
    channel.pipeline().addLast(connection);
  }

  @Override
  void dialTimedOut() {
    reportLatest(OriginFailure.CONNECT_TIMEOUT);
    H2ClientConnection begun = unsettled;
    Channel channel = opening;
    opening = null;
    unsettled = null;
    if (begun != null) {
      // That it ends next is this node's doing, and nothing to report of the backend.
      begun.retire();
    } else if (channel != null) {
      ChannelIo.close(channel);
    }
  }

  /** With TLS 1.3 a backend refuses this node's certificate behind the handshake. */
  @Override
  void failing(H2ClientConnection connection, Throwable cause) {
    if (connection.equals(unsettled) && OriginHandshake.isOfTls(cause)) {
      unsettledKind = OriginHandshake.kind(cause);
    }
  }

  @Override
  void settingsRead(H2ClientConnection connection) {
    Dial of = dialled();
    if (connection.equals(unsettled) && of != null) {
      unsettled = null;
      opening = null;
      add(connection);
      of.opened(connection);
    }
  }

  @Override
  void ended(H2ClientConnection connection, boolean unforeseen) {
    super.ended(connection, unforeseen);
    Dial of = dialled();
    if (connection.equals(unsettled) && of != null) {
      boolean ofHttp2 = unsettledKind == FailureKind.NOT_HTTP2;
      reportLatest(ofHttp2 ? OriginFailure.BAD_RESPONSE : OriginFailure.TLS_FAILED);
      fail(of, unsettledKind);
    } else if (unforeseen && connection.busy() == 0) {
      reportLatest(OriginFailure.IDLE_CLOSED);
    }
  }

  private void reportLatest(OriginFailure kind) {
    ServiceName service = usedBy;
    if (service != null) {
      report(service, kind);
    }
  }

  /** The backend may be dead, for that reason. */
  void report(ServiceName service, OriginFailure kind) {
    if (kind == OriginFailure.IDLE_CLOSED) {
      if (idleCloseReported) {
        return;
      }
      // Once per tick is enough: when a backend dies, all its connections close together.
      idleCloseReported = true;
    }
    runtime().ports().backendFailed(service, place.address(), kind);
  }

  /** Closes what was idle for too long, and returns whether nothing of the pool is in use. */
  @Override
  boolean tick(long nowNanos) {
    idleCloseReported = false;
    closeIdle(runtime().settings().timeouts().servers().backendIdleMillis() * 1_000_000, nowNanos);
    return super.tick(nowNanos);
  }
}

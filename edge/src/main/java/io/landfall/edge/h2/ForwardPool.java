package io.landfall.edge.h2;

import io.landfall.decision.Candidate;
import io.landfall.edge.EdgeLimits;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.EdgeLoop;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one other node: few, shared by all requests, the least busy
 * first, so that a connection that is lost costs a share of the requests. Another is opened when
 * each carries {@link #SPREAD_STREAMS}; while the first is being opened, requests wait for it.
 *
 * <p>A connection whose requests are for the most part given up, with resets that have to wait (see
 * {@link H2Connection#reset}), makes room for a fresh one when there is no other room.
 */
final class ForwardPool {
  /** Most requests that wait for a connection. */
  private static final int MAX_WAITING = 1024;

  /** So many requests on each connection, and one more connection is opened. */
  static final int SPREAD_STREAMS = 8;

  /** How long after a dial that failed none is made that no request waits for. */
  private static final long SPARE_DIAL_NANOS = 1_000_000_000L;

  /** Retired connections from which on none is retired to make room. */
  static final int MAX_RETIRED = 16;

  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final List<H2ClientConnection> connections = new ArrayList<>();
  private final Deque<ForwardAttempt> waiting = new ArrayDeque<>();
  private boolean dialing;
  private int dial;
  private long dialStartNanos;
  private long failedNanos;
  private boolean hasFailed;

  /** Those that take no further request and carry some still. */
  private final List<H2ClientConnection> retired = new ArrayList<>();

  ForwardPool(EdgeLoop loop, EdgeRuntime runtime) {
    this.loop = loop;
    this.runtime = runtime;
  }

  /** Gives the attempt a connection, now or later. */
  void start(ForwardAttempt attempt) {
    if (attempt.exchange().upgrade() != null && tunnels() >= limits().maxTunnelsPerPeer()) {
      runtime.counters().turnedAwayTunnels.increment();
      attempt.failed(new AttemptFailure(FailureKind.TOO_MANY_TUNNELS_THERE, true));
      return;
    }
    H2ClientConnection best = leastBusy();
    if (best != null) {
      if (best.busy() >= SPREAD_STREAMS && !dialing && mayDial() && !hasJustFailed()) {
        dial(attempt.candidate());
      }
      best.open(attempt);
      return;
    }
    if ((!dialing && !mayDial() && !makeRoom()) || waiting.size() >= MAX_WAITING) {
      attempt.failed(new AttemptFailure(FailureKind.NO_CAPACITY, true));
      return;
    }
    waiting.add(attempt);
    if (!dialing) {
      dial(attempt.candidate());
    }
  }

  private EdgeLimits.Connections limits() {
    return runtime.settings().limits().connections();
  }

  /** Tunnels on connections; requests for one that wait for a connection count when they get it. */
  private int tunnels() {
    int tunnels = 0;
    for (int i = 0; i < connections.size(); i++) {
      tunnels += connections.get(i).tunnels();
    }
    return tunnels;
  }

  private @Nullable H2ClientConnection leastBusy() {
    H2ClientConnection best = null;
    for (int i = 0; i < connections.size(); i++) {
      H2ClientConnection each = connections.get(i);
      if (each.hasRoom() && (best == null || each.busy() < best.busy())) {
        best = each;
      }
    }
    return best;
  }

  private boolean mayDial() {
    return connections.size() < limits().maxPeerConnections();
  }

  private boolean hasJustFailed() {
    return hasFailed && loop.nowNanos() - failedNanos < SPARE_DIAL_NANOS;
  }

  /** Retires the connection with most requests that are given up, if they are half of its own. */
  private boolean makeRoom() {
    H2ClientConnection worst = null;
    for (H2ClientConnection each : connections) {
      boolean stale = each.owedResets() > 0 && 2 * each.owedResets() >= each.busy();
      if (stale && (worst == null || each.owedResets() > worst.owedResets())) {
        worst = each;
      }
    }
    if (worst == null || retired.size() >= MAX_RETIRED) {
      return false;
    }
    worst.retire();
    return true;
  }

  /** An attempt that waited for a connection waits no more. */
  void forget(ForwardAttempt attempt) {
    waiting.remove(attempt);
  }

  private void dial(Candidate candidate) {
    dialing = true;
    dialStartNanos = loop.nowNanos();
    int number = ++dial;
    // From a task: see LateAccept.
    loop.eventLoop().execute(() -> dialNow(candidate, number));
  }

  private void dialNow(Candidate candidate, int number) {
    Future<Channel> future = runtime.ports().openH2(candidate, loop.eventLoop());
    ChannelIo.ignore(
        future.addListener(
            (Future<Channel> f) -> {
              if (loop.eventLoop().inEventLoop()) {
                dialed(f, number);
              } else {
                loop.eventLoop().execute(() -> dialed(f, number));
              }
            }));
  }

  private void dialed(Future<Channel> future, int number) {
    if (number != dial || !dialing) {
      // Given up meanwhile.
      if (future.isSuccess()) {
        ChannelIo.close(future.getNow());
      }
      return;
    }
    dialing = false;
    hasFailed = !future.isSuccess() || !future.getNow().isActive();
    if (hasFailed) {
      failedNanos = loop.nowNanos();
      failWaiting(new AttemptFailure(FailureKind.REFUSED, true));
      return;
    }
    connected(future.getNow());
    List<ForwardAttempt> starting = new ArrayList<>(waiting);
    waiting.clear();
    for (ForwardAttempt attempt : starting) {
      start(attempt);
    }
  }

  /** One more connection, whose handshake is done. */
  void connected(Channel channel) {
    H2ClientConnection connection = H2ClientConnection.create(loop, runtime, this);
    connections.add(connection);
    channel.pipeline().addLast(connection);
  }

  private void failWaiting(AttemptFailure failure) {
    List<ForwardAttempt> failing = new ArrayList<>(waiting);
    waiting.clear();
    for (ForwardAttempt attempt : failing) {
      attempt.failed(failure);
    }
  }

  /** A connection takes no further request, but may carry some still. */
  void retire(H2ClientConnection connection) {
    if (connections.remove(connection)) {
      retired.add(connection);
    }
  }

  /** A connection has ended. */
  void ended(H2ClientConnection connection) {
    connections.remove(connection);
    retired.remove(connection);
  }

  /**
   * The session with the node is over: requests that wait for a connection go elsewhere, those
   * under way finish. Of a node whose sessions end again and again the oldest connections go.
   */
  void retireAll() {
    dialing = false;
    failWaiting(new AttemptFailure(FailureKind.GONE, true));
    List.copyOf(connections).forEach(H2ClientConnection::retire);
    // One that is closed leaves the list later, when its last words have left or cannot.
    int tooMany = Math.max(0, retired.size() - MAX_RETIRED);
    for (H2ClientConnection oldest : List.copyOf(retired.subList(0, tooMany))) {
      ChannelIo.close(oldest.context());
    }
  }

  /** The node is gone: whatever waits for it need not wait longer. */
  void closeAll() {
    dialing = false;
    List<H2ClientConnection> closing = new ArrayList<>(connections);
    closing.addAll(retired);
    connections.clear();
    failWaiting(new AttemptFailure(FailureKind.GONE, true));
    for (H2ClientConnection connection : closing) {
      // Past the HTTP/2 handler, which would say goodbye and wait for the streams.
      ChannelIo.close(connection.context());
    }
  }

  /** Gives up a dial that takes too long, and says whether nothing of the pool is in use. */
  boolean tick(long nowNanos) {
    long limit = runtime.settings().timeouts().servers().peerConnectMillis() * 1_000_000;
    if (dialing && nowNanos - dialStartNanos > limit) {
      dialing = false;
      hasFailed = true;
      failedNanos = nowNanos;
      failWaiting(new AttemptFailure(FailureKind.CONNECT_TIMEOUT, true));
    }
    // Backwards, since one that ends leaves the list.
    for (int i = connections.size() - 1; i >= 0; i--) {
      connections.get(i).tick(nowNanos);
    }
    for (int i = retired.size() - 1; i >= 0; i--) {
      retired.get(i).tick(nowNanos);
    }
    return !dialing && connections.isEmpty() && retired.isEmpty() && waiting.isEmpty();
  }
}

package io.landfall.edge;

import io.landfall.decision.Candidate;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The connections of one event loop to one other node: few, shared by all requests. Another is
 * opened only when all are full; while the first is being opened, requests wait for it.
 */
final class PeerPool {
  /** Most requests that wait for a connection. */
  private static final int MAX_WAITING = 1024;

  private final LoopState loop;
  private final List<PeerConnection> connections = new ArrayList<>();
  private final Deque<PeerAttempt> waiting = new ArrayDeque<>();
  private boolean dialing;
  private int dial;
  private long dialStartNanos;

  PeerPool(LoopState loop) {
    this.loop = loop;
  }

  /** Gives the attempt a connection, now or later. */
  void start(PeerAttempt attempt) {
    for (int i = 0; i < connections.size(); i++) {
      if (connections.get(i).hasRoom()) {
        connections.get(i).open(attempt);
        return;
      }
    }
    boolean mayDial = connections.size() < loop.runtime().config().limits().maxPeerConnections();
    if ((!dialing && !mayDial) || waiting.size() >= MAX_WAITING) {
      attempt.failed(new Failure(FailureKind.NO_CAPACITY, true));
      return;
    }
    waiting.add(attempt);
    if (!dialing) {
      dial(attempt.candidate());
    }
  }

  /** An attempt that waited for a connection waits no more. */
  void forget(PeerAttempt attempt) {
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
    Future<Channel> future = loop.runtime().ports().openH2(candidate, loop.eventLoop());
    Io.ignore(
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
        Io.close(future.getNow());
      }
      return;
    }
    dialing = false;
    if (!future.isSuccess() || !future.getNow().isActive()) {
      failWaiting(new Failure(FailureKind.REFUSED, true));
      return;
    }
    PeerConnection connection = PeerConnection.create(loop, this);
    connections.add(connection);
    future.getNow().pipeline().addLast(connection);
    List<PeerAttempt> starting = new ArrayList<>(waiting);
    waiting.clear();
    for (PeerAttempt attempt : starting) {
      start(attempt);
    }
  }

  private void failWaiting(Failure failure) {
    List<PeerAttempt> failing = new ArrayList<>(waiting);
    waiting.clear();
    for (PeerAttempt attempt : failing) {
      attempt.failed(failure);
    }
  }

  /** A connection will not take further requests. */
  void remove(PeerConnection connection) {
    connections.remove(connection);
  }

  /** The node is gone: whatever waits for it need not wait longer. */
  void closeAll() {
    dialing = false;
    List<PeerConnection> closing = new ArrayList<>(connections);
    connections.clear();
    failWaiting(new Failure(FailureKind.GONE, true));
    for (PeerConnection connection : closing) {
      // Past the HTTP/2 handler, which would say goodbye and wait for the streams.
      Io.close(connection.context());
    }
  }

  /** Gives up a dial that takes too long, and says whether nothing of the pool is in use. */
  boolean tick(long nowNanos) {
    long limit = loop.runtime().config().timeouts().peerConnectMillis() * 1_000_000;
    if (dialing && nowNanos - dialStartNanos > limit) {
      dialing = false;
      failWaiting(new Failure(FailureKind.CONNECT_TIMEOUT, true));
    }
    return !dialing && connections.isEmpty() && waiting.isEmpty();
  }
}

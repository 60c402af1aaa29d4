package io.landfall.edge.h2;

import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.EdgeRuntime;
import io.landfall.edge.exchange.FailureKind;
import io.landfall.edge.loop.EdgeLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop to one place that is asked over HTTP/2, another node or a
 * backend: few, shared by all requests, the least busy first, so that a connection that is lost
 * costs a share of the requests. Another is opened when each carries {@link #SPREAD_STREAMS}; while
 * the first is being opened, requests wait for it.
 *
 * <p>A connection whose requests are for the most part given up, with resets that have to wait (see
 * {@link H2Connection#reset}), makes room for a fresh one when there is no other room.
 */
abstract class H2ClientPool {
  /** Most requests that wait for a connection. */
  private static final int MAX_WAITING = 1024;

  /** So many requests on each connection, and one more connection is opened. */
  static final int SPREAD_STREAMS = 8;

  /** How long after a dial that failed none is made that no request waits for. */
  private static final long SPARE_DIAL_NANOS = 1_000_000_000L;

  /** How long requests wait for a connection on which the other end takes none for now. */
  static final long PAUSE_NANOS = 1_000_000_000L;

  /** Retired connections from which on none is retired to make room. */
  static final int MAX_RETIRED = 16;

  private final EdgeLoop loop;
  private final EdgeRuntime runtime;
  private final H2Profile profile;
  private final H2Failures failures;
  private final List<H2ClientConnection> connections = new ArrayList<>();
  private final Deque<H2Attempt> waiting = new ArrayDeque<>();
  private @Nullable Dial dial;
  private long failedNanos;
  private boolean hasFailed;

  /** Those that take no further request and carry some still. */
  private final List<H2ClientConnection> retired = new ArrayList<>();

  /** Since when requests wait for room on a connection that takes none for now. */
  private long pausedSinceNanos;

  H2ClientPool(EdgeLoop loop, EdgeRuntime runtime, H2Profile profile, H2Failures failures) {
    this.loop = loop;
    this.runtime = runtime;
    this.profile = profile;
    this.failures = failures;
  }

  EdgeLoop loop() {
    return loop;
  }

  EdgeRuntime runtime() {
    return runtime;
  }

  /** What the other end may do on the connections. */
  H2Profile profile() {
    return profile;
  }

  /** Where its connections that end with an error are counted, and those of the pools beside it. */
  final H2Failures failures() {
    return failures;
  }

  /** A connection that is being opened. */
  final class Dial {
    private final long sinceNanos = loop.nowNanos();

    /** Whether no request waits for it any more: what comes of it is to be closed. */
    boolean isOver() {
      return !this.equals(dial);
    }

    /** It is open, and was added. */
    void opened(H2ClientConnection connection) {
      dial = null;
      hasFailed = false;
      if (connection.isPaused()) {
        pausedSinceNanos = loop.nowNanos();
      } else if (!connection.hasRoom()) {
        // One more would have none either.
        failWaiting(new AttemptFailure(FailureKind.NO_CAPACITY, true));
      } else {
        startWaiting();
      }
    }

    /** It did not come about. */
    void failed(AttemptFailure failure) {
      dial = null;
      hasFailed = true;
      failedNanos = loop.nowNanos();
      failWaiting(failure);
    }
  }

  /**
   * Opens a connection, adds it when it can carry requests, and reports it.
   *
   * @param opening what it is reported to, unless that is over
   */
  abstract void open(Dial opening);

  /**
   * Whether there may be one more connection.
   *
   * @param spare whether there is room on those that are there, so that it only spreads requests
   */
  abstract boolean mayHoldOneMore(boolean spare);

  /** How many of the streams of its connections that take requests may be tunnels. */
  int mostTunnels() {
    return Integer.MAX_VALUE;
  }

  /** How long a connection may take to be opened (milliseconds). */
  abstract long dialMillis();

  /** A dial has taken too long: whatever it has opened is to be closed. */
  void dialTimedOut() {}

  /** What is being opened; null if nothing is. */
  final @Nullable Dial dialled() {
    return dial;
  }

  /** Something goes wrong on a connection, which is closed next. */
  void failing(H2ClientConnection connection, Throwable cause) {}

  /** The other end has sent its first SETTINGS. */
  void settingsRead(H2ClientConnection connection) {}

  /** How many there are that take requests. */
  final int connections() {
    return connections.size();
  }

  /** How many there are that take none and carry some still. */
  final int retiring() {
    return retired.size();
  }

  /** Requests under way, and those that wait for a connection. */
  final int requests() {
    int all = waiting.size();
    for (int i = 0; i < connections.size(); i++) {
      all += connections.get(i).busy();
    }
    for (int i = 0; i < retired.size(); i++) {
      all += retired.get(i).busy();
    }
    return all;
  }

  /** Adds a connection that takes requests. */
  final void add(H2ClientConnection connection) {
    connections.add(connection);
  }

  /** Closes those that have carried nothing for so long. */
  final void closeIdle(long limitNanos, long nowNanos) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      if (connections.get(i).isIdleFor(limitNanos, nowNanos)) {
        connections.get(i).retire();
      }
    }
  }

  /** Gives the attempt a connection, now or later. */
  final void start(H2Attempt attempt) {
    if (attempt.exchange().upgrade() != null && tunnels() >= mostTunnels()) {
      runtime.counters().turnedAwayTunnels.increment();
      attempt.failed(new AttemptFailure(FailureKind.TOO_MANY_TUNNELS_THERE, true));
      return;
    }
    H2ClientConnection best = leastBusy();
    if (best != null) {
      boolean spread = best.busy() >= SPREAD_STREAMS && dial == null && !hasJustFailed();
      if (spread && mayHoldOneMore(true)) {
        dial();
      }
      best.open(attempt);
      return;
    }
    boolean paused = dial == null && isPaused();
    boolean mayWait = dial != null || paused || mayHoldOneMore(false) || makeRoom();
    if (!mayWait || waiting.size() >= MAX_WAITING) {
      attempt.failed(new AttemptFailure(FailureKind.NO_CAPACITY, true));
      return;
    }
    if (paused && waiting.isEmpty()) {
      pausedSinceNanos = loop.nowNanos();
    }
    waiting.add(attempt);
    if (dial == null && !paused) {
      dial();
    }
  }

  /**
   * Whether there is a connection whose other end takes no request for now (RFC 9113 section
   * 6.5.2): another one would be treated alike, so requests wait for that.
   */
  private boolean isPaused() {
    for (int i = 0; i < connections.size(); i++) {
      if (connections.get(i).isPaused()) {
        return true;
      }
    }
    return false;
  }

  /** Gives those that wait a connection, now or later; not those that were given up meanwhile. */
  private void startWaiting() {
    List<H2Attempt> starting = new ArrayList<>(waiting);
    waiting.clear();
    for (H2Attempt attempt : starting) {
      if (!attempt.isOver()) {
        start(attempt);
      }
    }
  }

  /** A connection that took no requests may take some now, or is not there any more. */
  final void pauseMayBeOver() {
    if (dial == null && !waiting.isEmpty()) {
      startWaiting();
    }
  }

  /** Tunnels; requests for one that wait for a connection count when they get it. */
  private int tunnels() {
    int tunnels = 0;
    for (int i = 0; i < connections.size(); i++) {
      tunnels += connections.get(i).tunnels();
    }
    for (int i = 0; i < retired.size(); i++) {
      tunnels += retired.get(i).tunnels();
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
    if (worst == null || !mayRetireOneMore()) {
      return false;
    }
    worst.retire();
    return true;
  }

  /** An attempt that waited for a connection waits no more. */
  final void forget(H2Attempt attempt) {
    waiting.remove(attempt);
  }

  private void dial() {
    Dial begun = new Dial();
    dial = begun;
    // From a task: see LateAccept.
    loop.eventLoop().execute(() -> open(begun));
  }

  /** Fails what waits for a connection, and closes what comes of one that is being opened. */
  final void giveUp(AttemptFailure failure) {
    dial = null;
    failWaiting(failure);
  }

  private void failWaiting(AttemptFailure failure) {
    List<H2Attempt> failing = new ArrayList<>(waiting);
    waiting.clear();
    for (H2Attempt attempt : failing) {
      attempt.failed(failure);
    }
  }

  /** A connection takes no further request, but may carry some still. */
  final void retire(H2ClientConnection connection) {
    if (connections.remove(connection)) {
      retired.add(connection);
      pauseMayBeOver();
    }
  }

  /** Whether one more connection may be retired for the sake of the requests of others. */
  final boolean mayRetireOneMore() {
    return retired.size() < MAX_RETIRED;
  }

  /** None takes requests any more: they are about to be closed. */
  final void forgetTaking() {
    connections.clear();
  }

  /** Those that take requests: a copy. */
  final List<H2ClientConnection> taking() {
    return List.copyOf(connections);
  }

  /** Those that take no further request and carry some still, the oldest first: a copy. */
  final List<H2ClientConnection> retired() {
    return List.copyOf(retired);
  }

  /**
   * A connection has ended.
   *
   * @param unforeseen whether neither end had said before that it takes no further requests
   */
  void ended(H2ClientConnection connection, boolean unforeseen) {
    connections.remove(connection);
    retired.remove(connection);
  }

  /** Gives up a dial that takes too long, and returns whether nothing of the pool is in use. */
  boolean tick(long nowNanos) {
    Dial opening = dial;
    if (opening != null && nowNanos - opening.sinceNanos > dialMillis() * 1_000_000) {
      hasFailed = true;
      failedNanos = nowNanos;
      dialTimedOut();
      giveUp(new AttemptFailure(FailureKind.CONNECT_TIMEOUT, true));
    } else if (opening == null && !waiting.isEmpty() && nowNanos - pausedSinceNanos > PAUSE_NANOS) {
      failWaiting(new AttemptFailure(FailureKind.NO_CAPACITY, true));
    }
    tick(connections, nowNanos);
    tick(retired, nowNanos);
    return dial == null && connections.isEmpty() && retired.isEmpty() && waiting.isEmpty();
  }

  /** Backwards, and with a look at how many are left: those that end leave the list. */
  private static void tick(List<H2ClientConnection> all, long nowNanos) {
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        all.get(i).tick(nowNanos);
      }
    }
  }
}

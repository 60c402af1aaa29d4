package io.landfall.edge.server;

import io.landfall.edge.exchange.EdgeCounters;
import io.landfall.edge.exchange.EdgeRuntime;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** How an edge ends what it has with clients: at once, or behind a successor. Blocks. */
final class EdgeLeaving {
  private static final long POLL_NANOS = 5_000_000;

  /**
   * How often it is looked whether all clients are gone, before those without a request are: 200
   * ms.
   */
  private static final int ARRIVING_POLLS = 40;

  /** How long an event loop has to end in order what is left. */
  private static final long END_MILLIS = 1_000;

  private final EdgeRuntime runtime;
  private final EventLoops loops;
  private final ClientListeners listeners;
  private final AtomicBoolean drained = new AtomicBoolean();

  EdgeLeaving(EdgeRuntime runtime, EventLoops loops, ClientListeners listeners) {
    this.runtime = runtime;
    this.loops = loops;
    this.listeners = listeners;
  }

  /** Stops accepting, and lets requests in progress finish; how many did not in time. */
  long drain() {
    if (drained.getAndSet(true)) {
      return 0;
    }
    listeners.close();
    // Behind what each loop still has to do with connections that were accepted, so that they
    // count.
    loops.onEachAndWait(EventLoopState::leave, END_MILLIS);
    letArrive();
    loops.onEach(EventLoopState::drain);
    // Connections of HTTP/2 end by themselves, in two steps, so that what crosses the first is not
    // lost.
    waitFor(() -> inProgress() == 0 && http2Connections() == 0);
    long cut = Math.max(0, inProgress());
    endInOrder();
    return cut;
  }

  /**
   * The same where another process accepts at the same listening sockets: a connection without a
   * request is kept, too, for one may be on its way on it. So what is asked on it is answered, and
   * is the last on it.
   */
  long drainBehindSuccessor() {
    if (drained.getAndSet(true)) {
      return 0;
    }
    listeners.close();
    loops.onEach(EventLoopState::leaveToSuccessor);
    waitFor(() -> inProgress() == 0 && http2Connections() == 0 && clientConnections() == 0);
    long cut = Math.max(0, inProgress());
    loops.onEach(EventLoopState::drain);
    endInOrder();
    return cut;
  }

  /**
   * A client whose connection was accepted last may have sent its request already: for a moment
   * connections without one are kept, and what is asked is the last on them.
   */
  private void letArrive() {
    for (int i = 0; i < ARRIVING_POLLS && clientConnections() > 0; i++) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private EdgeCounters counters() {
    return runtime.counters();
  }

  private long inProgress() {
    return counters().inProgress.sum();
  }

  private long http2Connections() {
    return counters().http2Connections.sum();
  }

  private long clientConnections() {
    return counters().clientConnections.sum();
  }

  private void waitFor(BooleanSupplier done) {
    long end =
        runtime.clock().monotonicNanos() + runtime.settings().timeouts().drainMillis() * 1_000_000;
    while (!done.getAsBoolean() && runtime.clock().monotonicNanos() - end < 0) {
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Ends the tunnels that are left, behind what was sent (no other request can be ended in order),
   * and the connections of clients that have no request.
   */
  private void endInOrder() {
    loops.onEachAndWait(EventLoopState::endInOrder, END_MILLIS);
  }
}

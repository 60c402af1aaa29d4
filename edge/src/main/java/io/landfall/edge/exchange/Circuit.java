package io.landfall.edge.exchange;

import io.landfall.edge.CircuitRules;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether one address of a backend gets requests, by what came of those that it had: closed at
 * first; open after so many failures in a row; once the time of that is over, one request is sent
 * on trial (half-open), and what comes of it closes or opens it again. Any thread; no locks.
 */
final class Circuit {
  /** What it stands at. */
  enum State {
    CLOSED,
    OPEN,
    ON_TRIAL
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.CLOSED);
  private final AtomicInteger failures = new AtomicInteger();
  private volatile int times;
  private volatile long openUntilNanos;

  Circuit() {}

  /** Whether it may get a request now. */
  boolean takes(long nowNanos) {
    return switch (state.get()) {
      case CLOSED -> true;
      case OPEN -> nowNanos - openUntilNanos >= 0;
      case ON_TRIAL -> false;
    };
  }

  /** Whether it gets no requests but for a trial. */
  boolean isOpen() {
    return state.get() != State.CLOSED;
  }

  /** A request is sent to it; whether that is the trial. */
  boolean begin(long nowNanos) {
    return takes(nowNanos) && state.compareAndSet(State.OPEN, State.ON_TRIAL);
  }

  /** A response has come that is no failure; whether that closes it. */
  boolean answered(boolean trial) {
    failures.set(0);
    if (trial && state.compareAndSet(State.ON_TRIAL, State.CLOSED)) {
      times = 0;
      return true;
    }
    return false;
  }

  /** A request failed; whether it is to be opened for that, if that may be. */
  boolean failed(boolean trial, CircuitRules rules) {
    int inRow = failures.incrementAndGet();
    return trial || (state.get() == State.CLOSED && inRow >= rules.failures());
  }

  /** A request ended without a result that counts: the next one is the trial. */
  void unknown(boolean trial) {
    if (trial) {
      state.compareAndSet(State.ON_TRIAL, State.OPEN);
    }
  }

  /** Opens it, by one thread at a time. */
  void open(CircuitRules rules, long nowNanos) {
    int now = times + 1;
    times = now;
    openUntilNanos = nowNanos + rules.openNanos(now);
    failures.set(0);
    state.set(State.OPEN);
  }
}

package io.landfall.signal;

import java.util.Optional;

/**
 * The health of one backend: hysteresis over its probes, fast down and slow up.
 *
 * <p>The first verdict needs one probe. After that a backend falls after {@code fall} failures in a
 * row; the first of them makes the next probe due at once, so that a dead backend is known within a
 * few round trips and not after intervals. It rises after {@code rise} successes in a row, each an
 * interval apart, so that one lucky answer of a backend that is starting up does not count.
 *
 * <p>A connection that the data plane saw refused counts as one failure and makes a probe due at
 * once. Until a probe has answered, more such reports count nothing: a burst of requests is one
 * observation, and a probe has to agree before a fall of two or more is reached.
 */
final class BackendHealth {
  /** A probe whose result is this late counts as failed: whoever ran it has lost it. */
  static final long LOST_AFTER_NANOS = 1_000_000_000L;

  private static final int MAX_ERROR_LENGTH = 200;

  private final ProbeSpec spec;
  private boolean evaluated;
  private boolean up;
  private int successes;
  private int failures;
  private long attempt;
  private boolean probing;
  private boolean reported;
  private boolean dueAgain;
  private long dueAtNanos;
  private long lostAtNanos;
  private Optional<String> lastError = Optional.empty();

  BackendHealth(ProbeSpec spec, long nowNanos) {
    this.spec = spec;
    this.dueAtNanos = nowNanos;
  }

  boolean isEvaluated() {
    return evaluated;
  }

  boolean isUp() {
    return up;
  }

  Optional<String> lastError() {
    return lastError;
  }

  int successesInARow() {
    return successes;
  }

  int failuresInARow() {
    return failures;
  }

  /** When something happens here without an event: a probe is due, or one is given up. */
  long deadlineNanos() {
    return probing ? lostAtNanos : dueAtNanos;
  }

  /** Takes the probe that is due, or nothing. */
  Optional<Long> takeDue(long nowNanos) {
    if (probing && nowNanos - lostAtNanos >= 0) {
      probing = false;
      fail("the probe was lost", nowNanos);
    }
    if (probing || nowNanos - dueAtNanos < 0) {
      return Optional.empty();
    }
    probing = true;
    dueAgain = false;
    lostAtNanos = nowNanos + spec.timeoutNanos() + LOST_AFTER_NANOS;
    return Optional.of(++attempt);
  }

  /** A probe's result; ignored when it is not of the probe that is out. */
  void result(long ofAttempt, boolean ok, String why, long nowNanos) {
    if (!probing || ofAttempt != attempt) {
      return;
    }
    probing = false;
    if (ok) {
      succeed(nowNanos);
    } else {
      fail(why, nowNanos);
    }
    reported = false;
  }

  private void succeed(long nowNanos) {
    failures = 0;
    successes = Math.min(successes + 1, ProbeSpec.MAX_COUNT);
    if (!evaluated || successes >= spec.rise()) {
      up = true;
      lastError = Optional.empty();
    }
    evaluated = true;
    dueAtNanos = dueAgain ? nowNanos : nowNanos + spec.intervalNanos();
  }

  private void fail(String why, long nowNanos) {
    successes = 0;
    failures = Math.min(failures + 1, ProbeSpec.MAX_COUNT);
    lastError =
        Optional.of(why.length() > MAX_ERROR_LENGTH ? why.substring(0, MAX_ERROR_LENGTH) : why);
    if (!evaluated || failures >= spec.fall()) {
      up = false;
    }
    evaluated = true;
    dueAtNanos = up ? nowNanos : nowNanos + spec.intervalNanos();
  }

  /** The data plane saw this backend refuse a connection, or end one before it answered. */
  void refused(String why, long nowNanos) {
    if (reported) {
      return;
    }
    reported = true;
    // A backend that is down already is not probed faster for it: slow up.
    if (!up) {
      return;
    }
    long unchanged = dueAtNanos;
    fail(why, nowNanos);
    if (probing) {
      dueAgain = true;
      dueAtNanos = unchanged;
    } else {
      dueAtNanos = nowNanos;
    }
  }

  /** This process stood still: what was out proves nothing about the backend, so ask again now. */
  void resumed(long nowNanos) {
    probing = false;
    dueAtNanos = nowNanos;
  }
}

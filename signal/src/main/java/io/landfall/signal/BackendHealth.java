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
 * observation, and a probe has to agree before a fall of two or more is reached. Of any other
 * trouble with a request or an idle connection that is so for a fall of one too: a client could
 * cause it, and some servers close idle connections soon.
 *
 * <p>A result counts from when the prober saw it, however long it then waited to be read. A bad one
 * that was seen {@link #LATE_NANOS} after the probe's timeout was timed by a process that stood
 * still. It proves nothing about the backend: it does not count, and the backend is asked again at
 * once. That is granted once between two successes, so that a node which is always late still finds
 * what is down. A probe that is found lost so late gets more time, once. A probe that this node had
 * no means to run, such as a file descriptor, does not count either, however often that is so.
 */
final class BackendHealth {
  /** A probe whose result is this late counts as failed: its result was lost. */
  static final long LOST_AFTER_NANOS = 1_000_000_000L;

  /** A node that is this late for a deadline suspects itself first. */
  static final long LATE_NANOS = 100_000_000L;

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

  /** A bad result was not counted since the last success, as this node was late itself. */
  private boolean excused;

  /** The probe that is out was given more time, as this node was late itself. */
  private boolean extended;

  private long dueAtNanos;
  private long timeoutAtNanos;
  private long lostAtNanos;
  private Optional<String> lastError = Optional.empty();

  /**
   * Nothing is known of it.
   *
   * @param probesBefore the number of no probe that is out is larger
   */
  BackendHealth(ProbeSpec spec, long firstDueNanos, long probesBefore) {
    this.spec = spec;
    this.dueAtNanos = firstDueNanos;
    this.attempt = probesBefore;
  }

  /**
   * The same backend, known as it was, when its service has changed. A probe that is out counts no
   * more, since it may be another check: the next one is due at once then.
   */
  BackendHealth(BackendHealth before, ProbeSpec spec, long probesBefore, long nowNanos) {
    this.spec = spec;
    this.evaluated = before.evaluated;
    this.up = before.up;
    this.successes = before.successes;
    this.failures = before.failures;
    this.excused = before.excused;
    this.lastError = before.lastError;
    this.attempt = probesBefore;
    this.dueAtNanos = before.probing || !spec.equals(before.spec) ? nowNanos : before.dueAtNanos;
  }

  boolean isEvaluated() {
    return evaluated;
  }

  boolean isUp() {
    return up;
  }

  /**
   * Whether a failure is known of it. Then it has to accept a new connection, as it has for the
   * request of a client: that it answers on an old one proves less.
   */
  boolean isInDoubt() {
    return !up || failures > 0 || excused || reported;
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

  /** The first probe is due so much later; before it has started. */
  void postpone(long nanos) {
    dueAtNanos += nanos;
  }

  /** How many probes have started. */
  long probes() {
    return attempt;
  }

  /** Whether a probe is out. */
  boolean isProbing() {
    return probing;
  }

  /** When a probe that is out is given up, or else when the next one is due. */
  long deadlineNanos() {
    return probing ? lostAtNanos : dueAtNanos;
  }

  /** Gives up the probe that is out, if its result is overdue; all that arrived has been read. */
  void giveUpLost(long nowNanos) {
    if (!probing || nowNanos - lostAtNanos < 0) {
      return;
    }
    if (!extended && nowNanos - lostAtNanos > LATE_NANOS) {
      extended = true;
      lostAtNanos = nowNanos + LOST_AFTER_NANOS;
      return;
    }
    probing = false;
    fail("the probe was lost", nowNanos, nowNanos);
  }

  /** Its probe runs from now on; gives the number of the probe. */
  long start(long nowNanos) {
    probing = true;
    dueAgain = false;
    extended = false;
    timeoutAtNanos = nowNanos + spec.timeoutNanos();
    lostAtNanos = timeoutAtNanos + LOST_AFTER_NANOS;
    return ++attempt;
  }

  /** A probe's result; ignored when it is not of the probe that is out. */
  void result(long ofAttempt, boolean ok, String why, long seenAtNanos, long nowNanos) {
    if (!probing || ofAttempt != attempt) {
      return;
    }
    // Two threads have read the clock.
    long seen = seenAtNanos - nowNanos < 0 ? seenAtNanos : nowNanos;
    probing = false;
    if (ok) {
      succeed(seen, nowNanos);
    } else if (!excused && seen - timeoutAtNanos > LATE_NANOS) {
      excused = true;
      dueAtNanos = nowNanos;
    } else {
      fail(why, seen, nowNanos);
    }
    reported = false;
  }

  /** The probe that is out could not be run: nothing is known that was not known before. */
  void notRun(long ofAttempt, long nowNanos) {
    if (probing && ofAttempt == attempt) {
      probing = false;
      reported = false;
      dueAtNanos = nowNanos + spec.intervalNanos();
    }
  }

  private void succeed(long seenNanos, long nowNanos) {
    failures = 0;
    excused = false;
    successes = Math.min(successes + 1, ProbeSpec.MAX_COUNT);
    if (!evaluated || successes >= spec.rise()) {
      up = true;
      lastError = Optional.empty();
    }
    evaluated = true;
    dueAtNanos = dueAgain ? nowNanos : seenNanos + spec.intervalNanos();
  }

  private void fail(String why, long seenNanos, long nowNanos) {
    fail(why, seenNanos, nowNanos, ProbeSpec.MAX_COUNT);
  }

  private void fail(String why, long seenNanos, long nowNanos, int mostFailures) {
    successes = 0;
    failures = Math.min(failures + 1, mostFailures);
    lastError =
        Optional.of(why.length() > MAX_ERROR_LENGTH ? why.substring(0, MAX_ERROR_LENGTH) : why);
    if (!evaluated || failures >= spec.fall()) {
      up = false;
    }
    evaluated = true;
    dueAtNanos = up ? nowNanos : seenNanos + spec.intervalNanos();
  }

  /** The data plane saw this backend refuse a connection. */
  void refused(String why, long nowNanos) {
    report(why, nowNanos, ProbeSpec.MAX_COUNT);
  }

  /** The data plane saw what may mean that this backend is dead: short of a fall by itself. */
  void doubted(String why, long nowNanos) {
    report(why, nowNanos, spec.fall() - 1);
  }

  private void report(String why, long nowNanos, int mostFailures) {
    if (reported) {
      return;
    }
    reported = true;
    // A backend that is down already is not probed faster for it: slow up.
    if (!up) {
      return;
    }
    long unchanged = dueAtNanos;
    fail(why, nowNanos, nowNanos, mostFailures);
    if (probing) {
      dueAgain = true;
      dueAtNanos = unchanged;
    } else {
      dueAtNanos = nowNanos;
    }
  }
}

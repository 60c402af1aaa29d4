package io.landfall.edge.h2;

import java.util.OptionalLong;

/**
 * Which of the connections that end with an error are logged: one a second at most, since the other
 * ends choose how many there are. One for each event loop and kind of peer, on that loop.
 */
final class LoggedFailures {
  /** How long after one that is logged the next one may be. */
  static final long LOG_NANOS = 1_000_000_000;

  private final TokenBucket logged = new TokenBucket(1, LOG_NANOS);
  private long notLogged;

  /**
   * One more connection ends with an error.
   *
   * @return if it is to be logged, how many were not since the last one that was; empty if not
   */
  OptionalLong take(long nowNanos) {
    if (!logged.take(nowNanos)) {
      notLogged++;
      return OptionalLong.empty();
    }
    long before = notLogged;
    notLogged = 0;
    return OptionalLong.of(before);
  }
}

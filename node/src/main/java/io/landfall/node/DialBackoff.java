package io.landfall.node;

import io.landfall.core.Rng;
import java.util.concurrent.TimeUnit;

/** How long to wait between two dials of a node: longer with each one that fails, and at random. */
final class DialBackoff {
  static final long FIRST_MILLIS = 250;
  private static final long MOST_MILLIS = 15_000;

  /** The ceiling for a place at which the node never answered: it may be anybody's address. */
  private static final long MOST_UNPROVED_MILLIS = 240_000;

  /** How often the wait between two dials is doubled. */
  private static final int MAX_DOUBLINGS = 10;

  /** A channel that was up for so long was a good one: the waits begin anew. */
  private static final long STABLE_MILLIS = 15_000;

  private static final int MAX_FAILURES = 1_000_000;

  private int failures;

  /** The waits begin anew. */
  void begin() {
    failures = 0;
  }

  /** The waits become short; false when none has failed. */
  boolean shorten() {
    failures = Math.min(failures, 1);
    return failures > 0;
  }

  /** Whether some dial has failed, and the waits have not reached their ceiling. */
  boolean isGrowing() {
    return failures > 0 && failures < MAX_DOUBLINGS;
  }

  /** Something answered that is hardly this node: the waits are the longest at once. */
  void hopeless() {
    failures = Math.max(failures, MAX_DOUBLINGS);
  }

  /** How many dials in a row have failed. */
  int failures() {
    return failures;
  }

  /** A channel was up for so long. */
  void wasUp(long upNanos) {
    if (upNanos >= TimeUnit.MILLISECONDS.toNanos(STABLE_MILLIS)) {
      failures = 0;
    }
  }

  /** One more dial has failed: the time to the next one. */
  long nextNanos(boolean known, Rng jitter) {
    long most = known ? MOST_MILLIS : MOST_UNPROVED_MILLIS;
    long ceiling = Math.min(most, FIRST_MILLIS << Math.min(failures, MAX_DOUBLINGS));
    failures = Math.min(failures + 1, MAX_FAILURES);
    return TimeUnit.MILLISECONDS.toNanos(1 + jitter.nextLong(ceiling));
  }
}

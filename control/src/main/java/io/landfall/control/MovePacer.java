package io.landfall.control;

import java.util.concurrent.TimeUnit;

/**
 * How soon a node is followed to another place: at once, but {@link #MAX_MOVES} times in {@link
 * #WINDOW_MILLIS} at most, so that whoever names another place all the time causes no more dials
 * than that. Times are monotonic nanoseconds.
 */
final class MovePacer {
  /** How many moves are followed at once in a window. */
  static final int MAX_MOVES = 4;

  /** The length of a window. */
  static final long WINDOW_MILLIS = 4_000;

  private int moves;
  private long sinceNanos;

  /** Counts a move, and answers how long to wait before it is followed. */
  long waitNanos(long nowNanos) {
    long window = TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS);
    if (moves == 0 || nowNanos - sinceNanos >= window) {
      sinceNanos = nowNanos;
      moves = 0;
    }
    moves = Math.min(moves + 1, MAX_MOVES + 1);
    return moves <= MAX_MOVES ? 0 : sinceNanos + window - nowNanos;
  }
}

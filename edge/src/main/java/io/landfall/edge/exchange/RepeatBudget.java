package io.landfall.edge.exchange;

import io.landfall.edge.RetryBudgets;

/**
 * The attempts of one service that are in progress on one event loop, and how many of them repeat
 * one that failed: a failure that reaches all requests must not double what backends have to do.
 */
final class RepeatBudget {
  private static final int HUNDRED = 100;

  private int percent;
  private int attempts;
  private int repeats;

  /** From now on no more repeats than that part of the attempts, or {@link RetryBudgets#LEAST}. */
  void allow(int most) {
    percent = most;
  }

  /** Whether one more attempt may be a repeat. */
  boolean allows() {
    return repeats < RetryBudgets.LEAST + (long) attempts * percent / HUNDRED;
  }

  void begin(boolean repeat) {
    attempts++;
    repeats += repeat ? 1 : 0;
  }

  void end(boolean repeat) {
    attempts--;
    repeats -= repeat ? 1 : 0;
  }
}

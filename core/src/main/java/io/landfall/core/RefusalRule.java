package io.landfall.core;

/**
 * A rule by which something is refused: a route, a message, or a peer. Each room has its own rules,
 * as an enum; the numbers are one space for all of them, stay the same for ever and are never used
 * again, since a looking glass reads them in a large community. docs/refusals.md has all of them,
 * with what to do about each.
 *
 * <p>Below 40 it is the route, below 100 its message, and from 100 on it is the peer itself that
 * got no session.
 */
public interface RefusalRule {
  /** The number, which never changes. */
  int number();

  /** The label by which it is counted and shown, such as {@code not-entitled}. */
  String label();

  /** What it means, without a full stop. */
  String meaning();

  /** What is no rule of its own. */
  enum Uncounted implements RefusalRule {
    /** More rules than there are counters. */
    OTHER;

    @Override
    public int number() {
      return 99;
    }

    @Override
    public String label() {
      return "other";
    }

    @Override
    public String meaning() {
      return "more rules than there are counters";
    }
  }
}

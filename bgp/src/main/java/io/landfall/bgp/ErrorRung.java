package io.landfall.bgp;

/**
 * The ladder of RFC 7606 section 2, weakest first. A malformed UPDATE lands on exactly one rung:
 * the strongest that any of its errors asks for (section 3.h). The rung between the last two,
 * disabling one address family, is not used here: RFC 7606 leaves the choice to the receiver, and a
 * peer that cannot delimit its prefixes is not to be trusted with the other family either.
 */
public enum ErrorRung {
  /** Well formed. */
  NONE,
  /** The malformed attribute is dropped, its route is kept. */
  ATTRIBUTE_DISCARD,
  /** Every prefix that the message announces is withdrawn; nothing else is touched. */
  TREAT_AS_WITHDRAW,
  /** NOTIFICATION, and the session ends. */
  SESSION_RESET;

  /** The stronger of two rungs. */
  public ErrorRung and(ErrorRung other) {
    return compareTo(other) >= 0 ? this : other;
  }
}

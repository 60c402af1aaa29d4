package io.landfall.core;

/** Which side opened a connection; it decides collisions (RFC 4271 section 6.8). */
public enum Direction {
  /** This side dialled. */
  OUTGOING,
  /** The other side dialled. */
  INCOMING;

  /** Whether this side dialled. */
  public boolean isOutgoing() {
    return this == OUTGOING;
  }
}

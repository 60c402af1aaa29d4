package io.landfall.bfd;

/**
 * What a session reports of its path. It is not the session's state: a peer that does not run BFD
 * is no dead path, and neither is one whose operator switched BFD off (RFC 5882 section 3.2).
 */
public enum PathLiveness {
  /** Nothing is known: the session was never Up, or one side is administratively down. */
  UNPROVED,
  /** Both directions are proved: the session is Up. */
  ALIVE,
  /** The session was Up, and is not. */
  DEAD
}

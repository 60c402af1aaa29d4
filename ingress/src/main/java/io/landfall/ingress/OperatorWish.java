package io.landfall.ingress;

/** What the operator last asked of the public side of this node. */
public enum OperatorWish {
  /** Announce: how a node starts, and what undrain asks for. */
  ADVERTISE,
  /** Leave gracefully (RFC 8326): the drain command. */
  DRAIN,
  /** Leave gracefully as for a drain, since the process is about to end. There is no way back. */
  LEAVE,
  /** End: the process is being shut down. There is no way back. */
  STOP
}

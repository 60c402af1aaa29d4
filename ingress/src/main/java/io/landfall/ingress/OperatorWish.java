package io.landfall.ingress;

/** What the operator last asked of the public side of this node. */
public enum OperatorWish {
  /** Announce: how a node starts, and what undrain asks for. */
  ADVERTISE,
  /** Leave gracefully (RFC 8326): the drain command. */
  DRAIN,
  /** End: the process is being shut down. There is no way back. */
  STOP
}

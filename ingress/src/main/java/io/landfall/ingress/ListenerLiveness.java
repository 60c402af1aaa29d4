package io.landfall.ingress;

/** Whether this node's own listener takes connections from clients. */
public enum ListenerLiveness {
  /** Clients are accepted. */
  ACCEPTING,
  /** Clients would be accepted, but the node has just started: the start delay is not over. */
  STARTING,
  /** A client that lands here would be refused: not bound yet, or failed. */
  NOT_ACCEPTING
}

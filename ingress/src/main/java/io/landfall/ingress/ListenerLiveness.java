package io.landfall.ingress;

/** Whether this node's own listener takes connections from clients. */
public enum ListenerLiveness {
  /** Clients are accepted. */
  ACCEPTING,
  /** A client that lands here would be refused: not bound yet, or failed. */
  NOT_ACCEPTING
}

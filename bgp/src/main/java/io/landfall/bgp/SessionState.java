package io.landfall.bgp;

/** The states of RFC 4271 section 8.2.2. */
public enum SessionState {
  /** Refuses all connections. */
  IDLE,
  /** Waits for a connection that it asked for. */
  CONNECT,
  /** Waits for the peer to connect, or for the next attempt. */
  ACTIVE,
  /** Has sent OPEN. */
  OPEN_SENT,
  /** Has the peer's OPEN; waits for KEEPALIVE. */
  OPEN_CONFIRM,
  /** Exchanges routes. */
  ESTABLISHED
}

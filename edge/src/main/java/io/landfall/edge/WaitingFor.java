package io.landfall.edge;

/** What an exchange waits for, and when that has taken too long. */
enum WaitingFor {
  /** A connection to the place. */
  CONNECTION,
  /** More of the request's body, from the client. */
  REQUEST_BODY,
  /** The head of the response. */
  RESPONSE_HEAD,
  /** More of the response's body, or the client to take it. */
  RESPONSE_BODY;

  /** What is waited for, by how far an attempt has come. */
  static WaitingFor of(boolean connected, boolean headRelayed, boolean wantsRequestBody) {
    if (!connected) {
      return CONNECTION;
    }
    if (headRelayed) {
      return RESPONSE_BODY;
    }
    return wantsRequestBody ? REQUEST_BODY : RESPONSE_HEAD;
  }

  /** Whether nothing has happened for longer than the configuration allows. */
  boolean isOver(long idleMillis, EdgeTimeouts timeouts) {
    long limit =
        switch (this) {
          case CONNECTION -> timeouts.peerConnectMillis();
          case REQUEST_BODY, RESPONSE_BODY -> timeouts.bodyIdleMillis();
          case RESPONSE_HEAD -> timeouts.responseHeadMillis();
        };
    return idleMillis > limit;
  }
}

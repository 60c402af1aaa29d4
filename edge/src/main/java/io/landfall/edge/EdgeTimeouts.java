package io.landfall.edge;

/**
 * Every wait of the edge, in milliseconds. They are checked a few times a second, not exactly.
 *
 * @param tlsHandshakeMillis a client's TLS handshake
 * @param requestHeadMillis from a request's first byte to the end of its head
 * @param keepAliveMillis an idle client connection between requests
 * @param backendConnectMillis a connection to a backend
 * @param peerConnectMillis a connection to another node, with its handshake
 * @param responseHeadMillis from handing a request to an upstream to the head of its response
 * @param bodyIdleMillis without progress while a body is under way
 * @param backendIdleMillis how long an idle pooled connection to a backend is kept
 * @param drainMillis how long a stopping edge lets requests finish
 * @param retryAfterSeconds what Retry-After says when no site can answer (seconds)
 */
public record EdgeTimeouts(
    long tlsHandshakeMillis,
    long requestHeadMillis,
    long keepAliveMillis,
    int backendConnectMillis,
    long peerConnectMillis,
    long responseHeadMillis,
    long bodyIdleMillis,
    long backendIdleMillis,
    long drainMillis,
    int retryAfterSeconds) {
  /** What is used unless somebody knows better. */
  public static EdgeTimeouts defaults() {
    return new EdgeTimeouts(10_000, 10_000, 60_000, 2_000, 3_000, 30_000, 60_000, 30_000, 5_000, 2);
  }
}

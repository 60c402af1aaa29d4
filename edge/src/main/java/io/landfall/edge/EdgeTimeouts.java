package io.landfall.edge;

/**
 * Every wait of the edge, in milliseconds. They are checked a few times a second, not exactly.
 *
 * @param clients what a client has time for
 * @param servers what a backend or another node has time for
 * @param bodyIdleMillis without progress while a body is under way
 * @param drainMillis how long a stopping edge lets requests finish
 * @param retryAfterSeconds what Retry-After has when no site can answer (seconds)
 */
public record EdgeTimeouts(
    Clients clients,
    Servers servers,
    long bodyIdleMillis,
    long drainMillis,
    int retryAfterSeconds) {
  /**
   * What a client has time for.
   *
   * @param tlsHandshakeMillis its TLS handshake
   * @param requestHeadMillis from a request's first byte to the end of its head
   * @param keepAliveMillis an idle connection between requests
   */
  public record Clients(long tlsHandshakeMillis, long requestHeadMillis, long keepAliveMillis) {}

  /**
   * What a backend or another node has time for.
   *
   * @param backendConnectMillis a connection to a backend
   * @param peerConnectMillis a connection to another node, with its handshake
   * @param responseHeadMillis from handing a request to it to the head of its response
   * @param backendIdleMillis how long an idle pooled connection to a backend is kept
   */
  public record Servers(
      int backendConnectMillis,
      long peerConnectMillis,
      long responseHeadMillis,
      long backendIdleMillis) {}

  /** What is used unless the config has something else. */
  public static EdgeTimeouts defaults() {
    return new EdgeTimeouts(
        new Clients(10_000, 10_000, 60_000),
        new Servers(2_000, 3_000, 30_000, 30_000),
        60_000,
        5_000,
        2);
  }
}

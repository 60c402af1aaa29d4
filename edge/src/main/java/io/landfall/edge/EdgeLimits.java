package io.landfall.edge;

/**
 * Every bound of the edge that an operator might change.
 *
 * @param maxTargetBytes longest request line; beyond it 414 (RFC 9112 section 3)
 * @param maxHeadBytes longest head or trailer section of a message; beyond it 431
 * @param inputMemoryBytes what clients of one event loop may make it hold of unfinished heads and
 *     other requests that cannot go on, all together; at least two heads
 * @param maxFields most field lines in a head; beyond it 431
 * @param maxClientConnections most client connections of one event loop; beyond it the oldest one
 *     on which no request has come is closed for a new one, or the new one when there is none
 * @param maxBackendConnections most connections of one event loop to one backend
 * @param maxIdlePerBackend most idle pooled connections of one event loop to one backend
 * @param maxPeerConnections most connections of one event loop to one other node
 * @param maxStreamsPerPeerConnection most forwarded requests at once on one connection between
 *     nodes
 * @param maxAttempts most backends and nodes that one request may be tried on
 * @param replayBytes how much of a request's body is kept so that it can be tried again
 * @param streamWindowBytes HTTP/2 flow-control window of one forwarded request
 * @param connectionWindowBytes HTTP/2 flow-control window of one connection between nodes
 */
public record EdgeLimits(
    int maxTargetBytes,
    int maxHeadBytes,
    long inputMemoryBytes,
    int maxFields,
    int maxClientConnections,
    int maxBackendConnections,
    int maxIdlePerBackend,
    int maxPeerConnections,
    int maxStreamsPerPeerConnection,
    int maxAttempts,
    int replayBytes,
    int streamWindowBytes,
    int connectionWindowBytes) {
  /** Refuses a share that a single client could use up. */
  public EdgeLimits {
    if (inputMemoryBytes < 2L * maxHeadBytes) {
      throw new IllegalArgumentException("room for less than two heads of an event loop's clients");
    }
  }

  /** What is used unless somebody knows better. */
  public static EdgeLimits defaults() {
    return new EdgeLimits(
        8192, 32768, 16 << 20, 100, 20_000, 1024, 256, 4, 1000, 8, 65536, 1 << 20, 16 << 20);
  }
}

package io.landfall.edge;

/**
 * Every bound of the edge that an operator might change.
 *
 * @param messages what one message may be
 * @param connections how many connections there may be
 * @param attempts how often one request may be tried
 * @param windows HTTP/2 flow control between nodes
 * @param http2Clients HTTP/2 with clients
 */
public record EdgeLimits(
    Messages messages,
    Connections connections,
    Attempts attempts,
    Windows windows,
    Http2Clients http2Clients) {
  /** With what is usual for clients of HTTP/2. */
  public EdgeLimits(
      Messages messages, Connections connections, Attempts attempts, Windows windows) {
    this(messages, connections, attempts, windows, Http2Clients.USUAL);
  }

  /**
   * What one message may be.
   *
   * @param maxTargetBytes longest request line; beyond it 414 (RFC 9112 section 3)
   * @param maxHeadBytes longest head or trailer section of a message; beyond it 431
   * @param inputMemoryBytes what clients of one event loop may make it hold of unfinished heads and
   *     other requests that cannot go on, all together; at least two heads
   * @param maxFields most field lines in a head; beyond it 431
   */
  public record Messages(
      int maxTargetBytes, int maxHeadBytes, long inputMemoryBytes, int maxFields) {
    /** Refuses a share that a single client could use up. */
    public Messages {
      if (inputMemoryBytes < 2L * maxHeadBytes) {
        throw new IllegalArgumentException(
            "room for less than two heads of an event loop's clients");
      }
    }
  }

  /**
   * How many connections there may be.
   *
   * @param maxClientConnections most client connections of one event loop; beyond it the oldest one
   *     on which no request has come is closed for a new one, or the new one when there is none
   * @param maxBackendConnections most connections of one event loop to one backend
   * @param maxIdlePerBackend most idle pooled connections of one event loop to one backend
   * @param maxPeerConnections most connections of one event loop to one other node
   * @param maxStreamsPerPeerConnection most forwarded requests at once on one connection between
   *     nodes
   * @param maxPerClient most connections of one client's address to the node; 2147483647 for no
   *     bound
   */
  public record Connections(
      int maxClientConnections,
      int maxBackendConnections,
      int maxIdlePerBackend,
      int maxPeerConnections,
      int maxStreamsPerPeerConnection,
      int maxPerClient) {
    /** With no bound for one client's address. */
    public Connections(
        int maxClientConnections,
        int maxBackendConnections,
        int maxIdlePerBackend,
        int maxPeerConnections,
        int maxStreamsPerPeerConnection) {
      this(
          maxClientConnections,
          maxBackendConnections,
          maxIdlePerBackend,
          maxPeerConnections,
          maxStreamsPerPeerConnection,
          Integer.MAX_VALUE);
    }

    /**
     * Most tunnels, and requests for one, of one event loop to one other node: half of the streams
     * there may be, so that long tunnels leave the other half for requests.
     */
    public int maxTunnelsPerPeer() {
      return maxPeerConnections * maxStreamsPerPeerConnection / 2;
    }

    /** The same with room for another number of clients. */
    public Connections withClients(int most) {
      return new Connections(
          most,
          maxBackendConnections,
          maxIdlePerBackend,
          maxPeerConnections,
          maxStreamsPerPeerConnection,
          maxPerClient);
    }

    /** The same with another bound for one client's address. */
    public Connections withPerClient(int most) {
      return new Connections(
          maxClientConnections,
          maxBackendConnections,
          maxIdlePerBackend,
          maxPeerConnections,
          maxStreamsPerPeerConnection,
          most);
    }
  }

  /**
   * How often one request may be tried.
   *
   * @param maxAttempts most backends and nodes that one request may be tried on
   * @param replayBytes how much of a request's body is kept so that it can be tried again
   */
  public record Attempts(int maxAttempts, int replayBytes) {}

  /**
   * HTTP/2 flow control between nodes.
   *
   * @param streamWindowBytes window of one forwarded request
   * @param connectionWindowBytes window of one connection between nodes
   */
  public record Windows(int streamWindowBytes, int connectionWindowBytes) {}

  /**
   * HTTP/2 with clients.
   *
   * @param maxStreams most requests at once on one connection
   * @param windows flow control of what clients send
   */
  public record Http2Clients(int maxStreams, Windows windows) {
    /** What is used unless the config has something else. */
    public static final Http2Clients USUAL = new Http2Clients(100, new Windows(256 << 10, 1 << 20));
  }

  /** What is used unless the config has something else. */
  public static EdgeLimits defaults() {
    return new EdgeLimits(
        new Messages(8192, 32768, 16 << 20, 100),
        new Connections(20_000, 1024, 256, 4, 1000),
        new Attempts(8, 65536),
        new Windows(1 << 20, 16 << 20));
  }

  /** The same with other bounds of a message. */
  public EdgeLimits with(Messages other) {
    return new EdgeLimits(other, connections, attempts, windows, http2Clients);
  }

  /** The same with other bounds of clients of HTTP/2. */
  public EdgeLimits with(Http2Clients other) {
    return new EdgeLimits(messages, connections, attempts, windows, other);
  }

  /** The same with another bound for the connections of one client's address. */
  public EdgeLimits withPerClient(int most) {
    return new EdgeLimits(
        messages, connections.withPerClient(most), attempts, windows, http2Clients);
  }

  /** The same with room for another number of clients. */
  public EdgeLimits withClients(int most) {
    return new EdgeLimits(messages, connections.withClients(most), attempts, windows, http2Clients);
  }
}

package io.landfall.edge.h2;

import io.landfall.edge.EdgeLimits;

/**
 * What the other end of an HTTP/2 connection may do before the connection ends (RFC 9113 section
 * 10.5), by who it is. The bounds of what waits here do not depend on that: see {@link
 * H2Connection}.
 *
 * @param frames bounds of frames
 * @param added what it adds to the heads of messages
 * @param peer who it is
 */
record H2Profile(Frames frames, AddedFields added, Peer peer) {
  /**
   * Another node, which is authenticated. Resets are generous: a service that goes down has all its
   * waiting requests reset at once. A node of ours stays below them by its {@link ResetBudget},
   * whatever its clients do; whoever does not is no node of ours, and loses this connection only.
   * It sends SETTINGS once, and adds to a client's fields its pseudo-fields, Via, Forwarded and the
   * like.
   */
  static final H2Profile NODE =
      new H2Profile(new Frames(10_000, 10, 64, 16, 16), new AddedFields(16, 2048), Peer.NODE);

  /**
   * Crumbs of a Cookie field (RFC 9113 section 8.2.3), which are one field for whoever gets them.
   * Browsers keep up to 180 cookies for a domain, and send each as a crumb of its own.
   */
  static final int MAX_COOKIE_CRUMBS = 256;

  /** The pseudo-fields of a request (RFC 9113 section 8.3.1). */
  private static final int PSEUDO_FIELDS = 4;

  /**
   * A client, which is not authenticated. What it does for nothing is counted by {@link Glitches},
   * before Netty's own bounds of resets are reached. It adds pseudo-fields, and the crumbs of its
   * cookies.
   */
  static final H2Profile CLIENT =
      new H2Profile(
          new Frames(10_000, 10, 64, 2, 16),
          new AddedFields(PSEUDO_FIELDS + MAX_COOKIE_CRUMBS, 0),
          Peer.CLIENT);

  /**
   * A backend, which is the operator's and not authenticated. Its resets are as many as a node's:
   * it may end all its requests at once. Its own fields of a response are not counted in.
   */
  static final H2Profile BACKEND =
      new H2Profile(new Frames(10_000, 10, 64, 16, 16), new AddedFields(1, 0), Peer.BACKEND);

  /**
   * The windows of a backend, which is near: less than a node's for a stream, since so much may
   * have to wait here for a client that reads slowly.
   */
  static final EdgeLimits.Windows BACKEND_WINDOWS = new EdgeLimits.Windows(256 << 10, 16 << 20);

  /** How often what is taken of a backend's field section may be read. */
  private static final int BACKEND_SECTIONS = 8;

  /** RFC 9113 section 6.5.2: what a field counts in a field section besides its octets. */
  static final int FIELD_OVERHEAD_BYTES = 32;

  /**
   * Bounds of frames.
   *
   * @param maxResets resets in {@code resetWindowSeconds}; one more ends the connection
   * @param resetWindowSeconds the time in which resets are counted
   * @param maxSettings SETTINGS frames of the connection: each walks over all its streams
   * @param maxEmptyData consecutive DATA frames without a byte
   * @param maxSmallContinuations small CONTINUATION frames of one field section
   */
  record Frames(
      int maxResets,
      int resetWindowSeconds,
      int maxSettings,
      int maxEmptyData,
      int maxSmallContinuations) {}

  private static final H2Output.Marks NODE_MARKS =
      new H2Output.Marks(1 << 20, 256 * 1024, 64 * 1024);

  /**
   * There may be thousands of clients that give no window, so each gets little more than one. A
   * stream is refilled early: where nothing of an urgent one waits, a less urgent one goes instead.
   */
  private static final H2Output.Marks CLIENT_MARKS =
      new H2Output.Marks(128 * 1024, 64 * 1024, 48 * 1024);

  /** Who is at the other end. */
  enum Peer {
    /** A client. */
    CLIENT,
    /** Another node. */
    NODE,
    /** A backend. */
    BACKEND
  }

  /** What the other end adds to a message's head, beyond what a client may send. */
  record AddedFields(int most, int bytes) {}

  /** How much of bodies waits for the other end. */
  H2Output.Marks marks() {
    return peer == Peer.CLIENT ? CLIENT_MARKS : NODE_MARKS;
  }

  /** The windows of what the other end sends. */
  EdgeLimits.Windows windows(EdgeLimits limits) {
    return switch (peer) {
      case CLIENT -> limits.http2Clients().windows();
      case NODE -> limits.windows();
      case BACKEND -> BACKEND_WINDOWS;
    };
  }

  /** Requests of the other end at once. */
  int maxStreams(EdgeLimits limits) {
    return peer == Peer.CLIENT
        ? limits.http2Clients().maxStreams()
        : limits.connections().maxStreamsPerPeerConnection();
  }

  int maxResets() {
    return frames.maxResets();
  }

  int resetWindowSeconds() {
    return frames.resetWindowSeconds();
  }

  int maxSettings() {
    return frames.maxSettings();
  }

  int maxEmptyData() {
    return frames.maxEmptyData();
  }

  int maxSmallContinuations() {
    return frames.maxSmallContinuations();
  }

  /** Most fields in a head or trailer section; beyond it 431. */
  int maxFields(EdgeLimits limits) {
    return limits.messages().maxFields() + added.most();
  }

  /**
   * SETTINGS_MAX_HEADER_LIST_SIZE, which also bounds, at five quarters, a section that is still
   * arriving in CONTINUATION frames: beyond that the connection ends. Of a backend it is more than
   * is taken, since a client can make some backends repeat what it sends, and would end the
   * requests of others with its own.
   */
  long announcedSectionBytes(EdgeLimits limits) {
    return maxFieldSectionBytes(limits) * (peer == Peer.BACKEND ? BACKEND_SECTIONS : 1);
  }

  /**
   * The largest field section that is taken: a client's largest head fits with what is added, and
   * nothing more.
   */
  long maxFieldSectionBytes(EdgeLimits limits) {
    return limits.messages().maxHeadBytes()
        + added.bytes()
        + (long) FIELD_OVERHEAD_BYTES * maxFields(limits);
  }
}

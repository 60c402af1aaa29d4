package io.landfall.overlay;

import org.jspecify.annotations.Nullable;

/**
 * One path to one host. There are as many of these as routes in the overlay, so it is one flat
 * object: it is the entry of the Adj-RIB-In, of the Loc-RIB (linked from its host), and of the
 * journal that every Adj-RIB-Out reads.
 */
final class Path {
  final Host host;

  /**
   * The peer it is from; a later session of the same peer takes over a path that it sends again.
   */
  Source from;

  /** The identifier it came with (RFC 7911). */
  final int pathId;

  /** The identifier under which this node advertises it, unique among all paths here. */
  final int outId;

  AttributeSet attributes;
  long learnedAtNanos;

  /** The peer's count of BoRRs when it last sent this; see {@link Source#add}. */
  int refreshEpoch;

  /** Whether it is in the table; when not, only its withdrawal is still to be sent. */
  boolean live;

  /** Whether a peer was sent that it is no route while it waited to be judged again. */
  boolean doubted;

  @Nullable Path nextOfHost;
  @Nullable Path previousOfHost;

  @Nullable Path nextOfSource;
  @Nullable Path previousOfSource;

  @Nullable Path journalNext;
  @Nullable Path journalPrevious;

  /** Its place in the journal; 0 when it is not there. */
  long sequence;

  /** The first place it had: a peer that has not read as far never received it. */
  long firstSequence;

  /** Whether it is a route: in the table, and not about to leave it ({@link Source#keeps}). */
  boolean isValid() {
    return live && from.keeps(this);
  }

  Path(Host host, Source from, int pathId, int outId, AttributeSet attributes) {
    this.host = host;
    this.from = from;
    this.pathId = pathId;
    this.outId = outId;
    this.attributes = attributes;
  }
}

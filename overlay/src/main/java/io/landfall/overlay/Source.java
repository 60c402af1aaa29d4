package io.landfall.overlay;

import io.landfall.core.HostAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where paths come from, and where they may go: this node itself, or one session with a peer. It
 * lives as long as the session, so that a path can never outlive it unnoticed.
 */
final class Source {
  final HostAddress identity;
  final int identifier;
  final boolean local;
  final boolean client;

  /** How many paths of this source the table takes. */
  final int acceptLimit;

  /** How many paths of one host the table takes of this source. */
  final int pathsPerHost;

  /** How many bytes of distinct attributes the table takes of this source. */
  final int attributeLimitBytes;

  /** How many bytes the distinct attribute sets of this source occupy ({@link AttributeSet}). */
  int attributeBytes;

  /** How many paths of this source are in the table. */
  int acceptedPaths;

  /** Counts the peer's BoRRs (RFC 7313): a path with an older number was not sent again. */
  int refreshEpoch;

  /** Its paths in the table, linked; the one that was received longest ago first. */
  private @Nullable Path oldest;

  private @Nullable Path newest;

  /** This node itself, whose config bounds what it originates. */
  private Source(HostAddress identity) {
    this.identity = identity;
    this.identifier = BgpIdentifier.of(identity);
    this.local = true;
    this.client = false;
    this.acceptLimit = Integer.MAX_VALUE;
    this.pathsPerHost = Integer.MAX_VALUE;
    this.attributeLimitBytes = Integer.MAX_VALUE;
  }

  private Source(PeerInfo peer, int acceptLimit) {
    boolean others = peer.relation().speaksForOthers();
    this.identity = peer.identity();
    this.identifier = BgpIdentifier.of(identity);
    this.local = false;
    this.client = peer.relation().isClient();
    this.acceptLimit = acceptLimit;
    this.pathsPerHost =
        others
            ? OverlayLimits.PATHS_PER_HOST_OF_A_REFLECTOR
            : OverlayLimits.PATHS_PER_HOST_OF_A_NODE;
    this.attributeLimitBytes = OverlayLimits.attributeBytes(others, acceptLimit);
  }

  static Source local(HostAddress identity) {
    return new Source(identity);
  }

  static Source session(PeerInfo peer, int acceptLimit) {
    return new Source(peer, acceptLimit);
  }

  /** The path that was received longest ago; {@link Path#nextOfSource} leads to the others. */
  @Nullable Path oldest() {
    return oldest;
  }

  /** A path came into the table. */
  void add(Path path) {
    path.refreshEpoch = refreshEpoch;
    Path last = newest;
    path.previousOfSource = last;
    path.nextOfSource = null;
    if (last == null) {
      oldest = path;
    } else {
      last.nextOfSource = path;
    }
    newest = path;
  }

  /** A path that is in the table was received again. */
  void renew(Path path) {
    if (path.refreshEpoch != refreshEpoch) {
      remove(path);
      add(path);
    }
  }

  /** A path left the table. */
  void remove(Path path) {
    Path before = path.previousOfSource;
    Path after = path.nextOfSource;
    if (before == null) {
      oldest = after;
    } else {
      before.nextOfSource = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.previousOfSource = before;
    }
    path.previousOfSource = null;
    path.nextOfSource = null;
  }

  boolean isOverAttributeLimit() {
    return attributeBytes > attributeLimitBytes;
  }
}

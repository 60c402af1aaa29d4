package io.landfall.overlay;

import io.landfall.core.HostAddress;

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

  /** How many paths of this source are in the table. */
  int acceptedPaths;

  /** Counts the peer's BoRRs (RFC 7313): a path with an older number was not sent again. */
  int refreshEpoch;

  private Source(HostAddress identity, boolean local, boolean client, int acceptLimit) {
    this.identity = identity;
    this.identifier = BgpIdentifier.of(identity);
    this.local = local;
    this.client = client;
    this.acceptLimit = acceptLimit;
  }

  static Source local(HostAddress identity) {
    return new Source(identity, true, false, Integer.MAX_VALUE);
  }

  static Source session(PeerInfo peer, int acceptLimit) {
    return new Source(peer.identity(), false, peer.relation().isClient(), acceptLimit);
  }
}

package io.landfall.overlay;

/**
 * Lets every peer go on reading the {@link Journal} while its stream takes bytes, and cuts off
 * those that read so slowly that too many withdrawals have to be kept for them.
 */
final class Telling {
  /** RFC 4486: Out of Resources. */
  private static final int CEASE_OUT_OF_RESOURCES = 8;

  private final OverlayConfig config;
  private final Peers peers;
  private final Rib rib;
  private final LocalServices services;
  private final Sessions sessions;
  private final Effects effects;
  private boolean morePending;

  Telling(
      OverlayConfig config,
      Peers peers,
      Rib rib,
      LocalServices services,
      Sessions sessions,
      Effects effects) {
    this.config = config;
    this.peers = peers;
    this.rib = rib;
    this.services = services;
    this.sessions = sessions;
    this.effects = effects;
  }

  /** Whether a peer that takes bytes has not been told all yet: its turn was over. */
  boolean hasMore() {
    return morePending;
  }

  /** Gives each peer one turn. */
  void tellPeers(long nowNanos) {
    morePending = false;
    long slowest = Long.MAX_VALUE;
    for (Peer peer : peers.copy()) {
      tell(peer, nowNanos);
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null) {
        slowest = Math.min(slowest, adjacency.out.withdrawnRead());
      }
    }
    if (rib.journal().withdrawnEntries() > 0) {
      rib.reclaim(slowest);
      if (rib.journal().withdrawnEntries() > config.limits().pendingWithdrawals()) {
        cutOff(slowest, nowNanos);
      }
    }
  }

  private void tell(Peer peer, long nowNanos) {
    Adjacency adjacency = peer.adjacency;
    if (adjacency == null || !adjacency.writable) {
      return;
    }
    boolean evaluated = services.evaluated();
    if (adjacency.out.hasPending(evaluated)) {
      sessions.drain(peer, adjacency, evaluated, nowNanos);
    }
    if (peer.adjacency == adjacency && Barrier.mayAsk(adjacency)) {
      adjacency.barrier = Adjacency.BarrierState.ASKED;
      sessions.requestRefresh(peer, adjacency, nowNanos);
    }
    morePending |= peer.adjacency == adjacency && adjacency.out.hasPending(evaluated);
  }

  private void cutOff(long slowest, long nowNanos) {
    for (Peer peer : peers.copy()) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null && adjacency.out.withdrawnRead() <= slowest) {
        String text = "it reads too slowly: too many withdrawals wait for it";
        effects.warn(peer.info.name(), text);
        sessions.stop(peer, CEASE_OUT_OF_RESOURCES, text, nowNanos);
      }
    }
    rib.reclaim(slowest);
  }
}

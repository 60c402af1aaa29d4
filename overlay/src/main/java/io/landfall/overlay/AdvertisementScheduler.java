package io.landfall.overlay;

import io.landfall.core.HostAddress;
import org.jspecify.annotations.Nullable;

/**
 * Lets every peer go on reading the {@link Journal} while its stream takes bytes, and cuts off
 * those that read so slowly that too many withdrawals have to be kept for them.
 */
final class AdvertisementScheduler {
  /** RFC 4486: Out of Resources. */
  private static final int CEASE_OUT_OF_RESOURCES = 8;

  /** How many withdrawals that every peer has read are dropped in one step. */
  static final int RECLAIMED_PER_STEP = 4_096;

  private final OverlaySettings config;
  private final Peers peers;
  private final Rib rib;
  private final LocalServices services;
  private final Sessions sessions;
  private final Effects effects;
  private boolean morePending;

  /** How many routes may still be sent in this step. */
  private int left;

  /** Whose turn the next step begins with; null means any. */
  private @Nullable HostAddress nextTurn;

  AdvertisementScheduler(
      OverlaySettings config,
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

  /** Whether a peer that takes bytes has not been sent all yet: its turn was over. */
  boolean hasMore() {
    return morePending;
  }

  /**
   * Gives each peer a turn, until the routes of one step are sent; the next step goes on with the
   * peer that this one did not come to.
   */
  void sendPending(long nowNanos) {
    morePending = false;
    left = config.limits().routesPerDrain();
    HostAddress first = nextTurn;
    nextTurn = null;
    for (Peer peer : peers.from(first)) {
      sendTo(peer, nowNanos);
    }
    reclaim(nowNanos);
  }

  private void reclaim(long nowNanos) {
    if (rib.journal().withdrawnEntries() == 0) {
      return;
    }
    long slowest = Long.MAX_VALUE;
    for (Peer peer : peers.all()) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency != null) {
        slowest = Math.min(slowest, adjacency.out.withdrawnRead());
      }
    }
    if (rib.reclaim(slowest, RECLAIMED_PER_STEP)) {
      morePending = true;
    } else if (rib.journal().withdrawnEntries() > config.limits().pendingWithdrawals()) {
      cutOff(slowest, nowNanos);
    }
  }

  private void sendTo(Peer peer, long nowNanos) {
    Adjacency adjacency = peer.adjacency;
    if (adjacency == null || !adjacency.writable) {
      return;
    }
    boolean evaluated = services.evaluated();
    if (adjacency.out.hasPending(evaluated)) {
      if (left > 0) {
        left = sessions.drain(peer, adjacency, left, evaluated, nowNanos);
      } else if (nextTurn == null) {
        nextTurn = peer.info.identity();
      }
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
    morePending = true;
  }
}

package io.landfall.overlay;

import io.landfall.core.HostAddress;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The round trip that proves that peers have processed what was sent before it. BGP acknowledges
 * nothing, but it is in order: a peer answers a ROUTE-REFRESH with BoRR ... EoRR (RFC 7313) only
 * after the UPDATEs before it. Peers that do not mark refreshes cannot be asked and are skipped; so
 * are those that go away or do not answer in time. One barrier at a time; a newer one takes over.
 */
final class Barrier {
  private final SortedSet<HostAddress> waiting = new TreeSet<>();
  private final long timeoutNanos;
  private final Effects effects;
  private boolean running;
  private long token;
  private long deadlineNanos;
  private int answered;
  private int skipped;

  Barrier(long timeoutNanos, Effects effects) {
    this.timeoutNanos = timeoutNanos;
    this.effects = effects;
  }

  /** Begins; everything journalled up to the place given is what must have been processed. */
  void begin(long newToken, Iterable<Peer> peers, long journalSequence, long nowNanos) {
    running = true;
    token = newToken;
    deadlineNanos = nowNanos + timeoutNanos;
    answered = 0;
    skipped = 0;
    waiting.clear();
    for (Peer peer : peers) {
      Adjacency adjacency = peer.adjacency;
      if (adjacency == null) {
        continue;
      }
      if (adjacency.marksRefresh) {
        adjacency.barrier = Adjacency.BarrierState.SENDING;
        adjacency.barrierSequence = journalSequence;
        waiting.add(peer.info.identity());
      } else {
        skipped++;
      }
    }
    finishIfDone();
  }

  /** The peer's EoRR arrived. */
  void answered(Peer peer) {
    if (waiting.remove(peer.info.identity())) {
      answered++;
      finishIfDone();
    }
  }

  /** The peer went away. */
  void lost(Peer peer) {
    if (waiting.remove(peer.info.identity())) {
      skipped++;
      finishIfDone();
    }
  }

  void tick(long nowNanos) {
    if (running && nowNanos - deadlineNanos >= 0) {
      skipped += waiting.size();
      waiting.clear();
      finishIfDone();
    }
  }

  OptionalLong deadlineNanos() {
    return running ? OptionalLong.of(deadlineNanos) : OptionalLong.empty();
  }

  /** Whether a peer's part of the barrier is due: what was before it has left. */
  static boolean mayAsk(@Nullable Adjacency adjacency) {
    return adjacency != null
        && adjacency.barrier == Adjacency.BarrierState.SENDING
        && !adjacency.refreshPending
        && adjacency.out.hasRead(adjacency.barrierSequence);
  }

  private void finishIfDone() {
    if (running && waiting.isEmpty()) {
      running = false;
      effects.add(new OverlayEffect.BarrierDone(token, answered, skipped));
    }
  }
}

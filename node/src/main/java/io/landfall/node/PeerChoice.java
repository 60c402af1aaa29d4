package io.landfall.node;

import io.landfall.bgp.SessionState;
import io.landfall.overlay.PeerView;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which peer a person means: names are given again, so several peers may have had one, and the one
 * with a session is meant, then the one with a stream, then the one that was there last.
 */
final class PeerChoice {
  private static final Comparator<PeerView> BY_LIFE =
      Comparator.<PeerView, Boolean>comparing(peer -> peer.state() == SessionState.ESTABLISHED)
          .thenComparing(PeerView::live)
          // Monotonic times may be negative, and are compared by their difference.
          .thenComparing((a, b) -> Long.signum(a.sinceNanos() - b.sinceNanos()));

  private PeerChoice() {}

  /** The peer with this identity, or the best of those with this name. */
  static Optional<PeerView> of(String text, List<PeerView> peers) {
    Optional<PeerView> byIdentity =
        peers.stream().filter(peer -> peer.info().identity().toString().equals(text)).findFirst();
    return byIdentity.or(
        () -> peers.stream().filter(peer -> peer.info().name().value().equals(text)).max(BY_LIFE));
  }
}

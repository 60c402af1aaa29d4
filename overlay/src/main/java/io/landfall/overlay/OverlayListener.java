package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import java.util.Optional;

/**
 * Receives everything that happens in the overlay, in order and while it happens, for {@code
 * monitor}. It is called inside a step, so it must neither step the overlay nor wait.
 */
public interface OverlayListener {
  /** The paths of a host are others than before. */
  void routeChanged(RouteChange change);

  /** A session is Established. */
  void peerUp(PeerInfo peer);

  /** A session has ended; the loss of its routes is reported next. */
  void peerDown(PeerInfo peer, DownReason reason);

  /**
   * Something that a peer sent was refused.
   *
   * @param what the prefix, attribute or family, for people
   * @param count how often this rule has refused this peer by now
   */
  void refused(PeerInfo peer, String what, String rule, long count);

  /**
   * One host's change.
   *
   * @param host the destination
   * @param cause why
   * @param peer the peer that it came from; empty for local causes
   * @param before its route before, with at most {@link RouteQueries#MONITORED_PATHS}; empty when
   *     there was none
   * @param after its route now, likewise; empty when there is none
   */
  record RouteChange(
      HostAddress host,
      OverlayEffect.Cause cause,
      Optional<NodeName> peer,
      Optional<RouteView> before,
      Optional<RouteView> after) {}
}

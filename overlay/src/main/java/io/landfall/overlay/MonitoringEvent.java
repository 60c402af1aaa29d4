package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;

/**
 * What a watcher of the overlay (BMP, MRT) receives of its sessions, in the order in which it
 * happened.
 */
public sealed interface MonitoringEvent {
  /** Whom it is about. */
  PeerInfo peer();

  /**
   * A session is Established.
   *
   * @param connection the owner's number for the stream
   * @param negotiated what both sides agreed on
   * @param sentOpen our OPEN, header included
   * @param receivedOpen the peer's, as it came
   */
  record PeerUp(
      PeerInfo peer, long connection, Negotiated negotiated, byte[] sentOpen, byte[] receivedOpen)
      implements MonitoringEvent {}

  /** An UPDATE as it came, before any rule was applied to it; only while a watcher wants them. */
  record Update(PeerInfo peer, byte[] message) implements MonitoringEvent {}

  /**
   * A session is no longer Established.
   *
   * @param notification the NOTIFICATION, header included; empty when there was none
   */
  record PeerDown(PeerInfo peer, DownReason reason, byte[] notification)
      implements MonitoringEvent {}
}

package io.landfall.bgp;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionEffect.Negotiated;

/**
 * Receives what a session receives, in the order in which it does, as bytes: what BMP (RFC 7854)
 * and MRT (RFC 6396) pass on. It is called within a step and must not step the session itself;
 * arrays are copies and its own. A session without one pays a comparison with null for each UPDATE.
 */
public interface SessionListener {
  /** Whether UPDATEs are wanted now; when not, none is copied. */
  boolean wantsUpdates();

  /**
   * The session is Established.
   *
   * @param connection the owner's number for the stream
   * @param negotiated what both sides agreed on
   * @param sentOpen our OPEN, header included
   * @param receivedOpen the peer's, as it came
   */
  void up(long connection, Negotiated negotiated, byte[] sentOpen, byte[] receivedOpen);

  /** An UPDATE of the Established peer as it came, before any rule was applied to it. */
  void update(byte[] message);

  /**
   * The session left Established.
   *
   * @param notification the NOTIFICATION that was sent or received; empty when there was none
   */
  void down(DownReason reason, byte[] notification);
}

package io.landfall.ingress;

import io.landfall.bgp.SessionEffect;

/** Why a session with an upstream has ended, in words for people. */
final class SessionEnd {
  private SessionEnd() {}

  /** Who ended it, and the NOTIFICATION if there was one. */
  static String text(SessionEffect.DownReason reason) {
    String why =
        reason.code() == 0
            ? reason.text()
            : "NOTIFICATION " + reason.code() + "/" + reason.subcode() + " " + reason.text();
    return (reason.byPeer() ? "by the upstream: " : "by us: ") + why;
  }
}

package io.landfall.bgp;

/**
 * What a session asks its owner to do, in order.
 *
 * @param <P> the plane's prefix type
 */
public sealed interface SessionEffect<P> {
  /**
   * Open a connection; answer with Connected or ConnectFailed. Never asked for when passive. When
   * it is asked for again before there was an answer, the owner gives up the earlier attempt.
   */
  record Connect<P>() implements SessionEffect<P> {}

  /** Write these bytes to a stream. */
  record Write<P>(long connection, byte[] bytes) implements SessionEffect<P> {}

  /**
   * Close a stream, after what was written to it has left; but after a second at the latest, since
   * a peer that reads nothing is one of the reasons to close (RFC 9687).
   */
  record Close<P>(long connection, String why) implements SessionEffect<P> {}

  /** The session is Established on this stream. */
  record Established<P>(long connection, Negotiated negotiated) implements SessionEffect<P> {}

  /** An UPDATE arrived, already through the RFC 7606 ladder. */
  record Update<P>(UpdateMessage<P> update) implements SessionEffect<P> {}

  /**
   * The peer asks for our routes again (RFC 2918; subtype per RFC 7313: 0 normal, 1 BoRR, 2 EoRR).
   */
  record Refresh<P>(Family family, int subtype) implements SessionEffect<P> {}

  /** The session left Established; every route of the peer goes with it. */
  record Down<P>(DownReason reason) implements SessionEffect<P> {}

  /**
   * An attempt ended before it was Established, or a second connection lost a collision.
   *
   * @param why for people: of all attempts since a session was Established the most telling reason,
   *     and behind it that of the last one
   */
  record AttemptFailed<P>(String why) implements SessionEffect<P> {}

  /**
   * What both sides agreed on.
   *
   * @param holdTimeSeconds the smaller of the two proposals; 0 means no keepalives
   * @param remoteId the peer's BGP Identifier
   * @param families bit set of {@link Family#bit()} that both sides named
   * @param addPathReceive whether the peer's prefixes carry path identifiers, by family bit set
   * @param addPathSend whether our prefixes must carry path identifiers, by family bit set
   * @param routeRefresh whether the peer understands ROUTE-REFRESH
   * @param maxMessageBytes the longest message the peer takes: 4096, or 65535 (RFC 8654)
   */
  record Negotiated(
      int holdTimeSeconds,
      int remoteId,
      int families,
      int addPathReceive,
      int addPathSend,
      boolean routeRefresh,
      int maxMessageBytes) {}

  /**
   * Why a session ended.
   *
   * @param by which side ended it
   * @param code the NOTIFICATION's error code, 0 when there was none
   * @param subcode the NOTIFICATION's subcode
   * @param text for people: the RFC's name of the error, and the peer's text (RFC 9003)
   */
  record DownReason(By by, int code, int subcode, String text) {
    /** Which side ended a session. */
    public enum By {
      /** This side. */
      US,
      /** The other side. */
      PEER
    }

    /** This side found an error. */
    static DownReason byUs(BgpError error) {
      return new DownReason(By.US, error.code(), error.subcode(), error.text());
    }

    /** Whether the other side ended it. */
    public boolean byPeer() {
      return by == By.PEER;
    }

    /**
     * Whether one end has received nothing from the other, or could not write to it, for too long.
     */
    public boolean isSilence() {
      return code == NotificationCodes.HOLD_TIMER || code == NotificationCodes.SEND_HOLD_TIMER;
    }

    /** Whether the other side ended it to begin it anew (RFC 4486, Administrative Reset). */
    public boolean isResetByPeer() {
      return byPeer()
          && code == NotificationCodes.CEASE
          && subcode == NotificationCodes.ADMIN_RESET;
    }

    /** With the NOTIFICATION's numbers and whose it was, when there was one. */
    public String described() {
      return code == 0
          ? text
          : "NOTIFICATION " + code + "/" + subcode + (byPeer() ? " received, " : " sent, ") + text;
    }
  }
}

package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionState;
import java.util.Optional;

/**
 * One peer for {@code show peers}; kept while the peer is away.
 *
 * @param info who it is
 * @param state the state of its session
 * @param live whether it has a stream now; the state of a session without one means nothing
 * @param sinceNanos when it became Established, or left that state, monotonic
 * @param acceptedPaths how many of its paths are in the table
 * @param counters what was counted since the node started
 * @param endOfRibReceived whether its End-of-RIB arrived in this session
 * @param endOfRibSent whether ours left in this session
 * @param lastDown why the last session ended; kept across reconnects
 */
public record PeerView(
    PeerInfo info,
    SessionState state,
    boolean live,
    long sinceNanos,
    int acceptedPaths,
    Counters counters,
    boolean endOfRibReceived,
    boolean endOfRibSent,
    Optional<DownReason> lastDown) {
  /**
   * Counters that only grow.
   *
   * @param established how many times a session was Established
   * @param updatesReceived UPDATE messages received
   * @param announcementsReceived prefixes announced by it, refused ones included
   * @param withdrawalsReceived prefixes withdrawn by it
   * @param refused what was refused, over all rules
   * @param announcementsSent prefixes announced to it
   * @param withdrawalsSent prefixes withdrawn from it
   * @param messagesReceived BGP messages of any type received
   * @param messagesSent BGP messages of any type sent
   */
  public record Counters(
      long established,
      long updatesReceived,
      long announcementsReceived,
      long withdrawalsReceived,
      long refused,
      long announcementsSent,
      long withdrawalsSent,
      long messagesReceived,
      long messagesSent) {}
}

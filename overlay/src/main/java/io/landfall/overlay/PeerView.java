package io.landfall.overlay;

import io.landfall.bgp.SessionEffect.DownReason;
import io.landfall.bgp.SessionState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * One peer for {@code show peers}; kept while the peer is away.
 *
 * @param info who it is
 * @param state the state of its session
 * @param live whether it has a stream now; the state of a session without one means nothing
 * @param sinceNanos when it became Established, or left that state, monotonic
 * @param acceptedPaths how many of its paths are in the table
 * @param counters what was counted since the node started
 * @param endOfRib the ends of which the End-of-RIB marker was sent in this session
 * @param failures why there is no session, if there is none; kept across reconnects
 */
public record PeerView(
    PeerInfo info,
    SessionState state,
    boolean live,
    long sinceNanos,
    int acceptedPaths,
    Counters counters,
    Set<End> endOfRib,
    Failures failures) {
  /** Copies the set, in the order of the constants. */
  public PeerView {
    EnumSet<End> ordered = EnumSet.noneOf(End.class);
    ordered.addAll(endOfRib);
    endOfRib = Collections.unmodifiableSet(ordered);
  }

  /**
   * What went wrong.
   *
   * @param lastDown why the last session ended
   * @param sinceThen of the attempts since then, the most telling reason why none succeeded
   */
  public record Failures(Optional<DownReason> lastDown, Optional<String> sinceThen) {
    /** Nothing did. */
    public static final Failures NONE = new Failures(Optional.empty(), Optional.empty());
  }

  /** Why the last session ended. */
  public Optional<DownReason> lastDown() {
    return failures.lastDown();
  }

  /** Whether its End-of-RIB arrived in this session. */
  public boolean endOfRibReceived() {
    return endOfRib.contains(End.THEIRS);
  }

  /** Whether ours left in this session. */
  public boolean endOfRibSent() {
    return endOfRib.contains(End.OURS);
  }

  /** One end of a session. */
  public enum End {
    /** This node. */
    OURS,
    /** The peer. */
    THEIRS
  }

  /**
   * Counters that only grow.
   *
   * @param established how many times a session was Established
   * @param updatesReceived UPDATE messages received
   * @param refused what was refused, over all rules
   * @param received what came from the peer, refused announcements included
   * @param sent what went to it
   */
  public record Counters(
      long established, long updatesReceived, long refused, Volume received, Volume sent) {}

  /**
   * What was exchanged in one direction.
   *
   * @param announcements prefixes announced
   * @param withdrawals prefixes withdrawn
   * @param messages BGP messages of any type
   */
  public record Volume(long announcements, long withdrawals, long messages) {}
}

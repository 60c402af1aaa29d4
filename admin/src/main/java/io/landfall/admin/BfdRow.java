package io.landfall.admin;

import java.time.Instant;
import java.util.List;

/**
 * One BFD session as {@code show bfd} has it.
 *
 * @param peer the node's name, or the upstream's address
 * @param address where its packets go, as far as it is known
 * @param session the session
 * @param since when the state changed last
 */
public record BfdRow(String peer, String address, Session session, Instant since) {
  /** In place of a peer, where datagrams belonged to no session. */
  public static final String NO_SESSION = "(no session)";

  /** Whether there is a session; else the row only has what was discarded without one. */
  public boolean isSession() {
    return !peer.equals(NO_SESSION);
  }

  /**
   * A session.
   *
   * @param states how it stands
   * @param diagnostic why it left Up last, in words
   * @param discriminators the numbers of both ends
   * @param times the timers in use
   * @param authentication {@code none}, {@code keyed-sha1} or {@code meticulous-keyed-sha1}
   * @param counts what was counted
   * @param lastDown why it left Up last, with what was received; empty text when it never did
   */
  public record Session(
      States states,
      String diagnostic,
      Discriminators discriminators,
      Times times,
      String authentication,
      Counts counts,
      String lastDown) {}

  /**
   * How a session stands.
   *
   * @param local our state, such as {@code up}
   * @param remote the state that the peer sent last
   * @param path what is known of the path: {@code unproved}, {@code alive} or {@code dead}
   */
  public record States(String local, String remote, String path) {}

  /**
   * The numbers of both ends.
   *
   * @param local ours
   * @param remote the peer's, 0 when unknown
   */
  public record Discriminators(int local, int remote) {}

  /**
   * In milliseconds.
   *
   * @param transmit how often we send, before jitter
   * @param receive how often the peer sends
   * @param detection after how long without a packet the path counts as dead; 0 before the first
   */
  public record Times(long transmit, long receive, long detection) {}

  /**
   * Since the session was made.
   *
   * @param sent packets
   * @param received packets that were taken
   * @param ups how often it came Up
   * @param downs how often it left Up
   * @param discarded by rule, without zeros, in the order of the rules
   */
  public record Counts(long sent, long received, long ups, long downs, List<Discards> discarded) {
    /** Copies the list. */
    public Counts {
      discarded = List.copyOf(discarded);
    }
  }

  /** How many datagrams a rule discarded. */
  public record Discards(String rule, long count) {}
}

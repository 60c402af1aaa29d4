package io.landfall.bfd;

import java.util.List;

/**
 * A session as it is shown.
 *
 * @param state ours
 * @param remoteState the state that the peer sent last
 * @param path what is known of the path
 * @param diagnostic why we left Up last
 * @param localDiscriminator our number for the session
 * @param remoteDiscriminator the peer's, 0 when unknown
 * @param times the timers in use
 * @param authentication {@code none}, {@code keyed-sha1} or {@code meticulous-keyed-sha1}
 * @param counts what was counted
 * @param sinceNanos when the state changed last, by the monotonic clock
 * @param lastDown why it left Up last; empty text when it never did
 */
public record BfdView(
    BfdState state,
    BfdState remoteState,
    PathLiveness path,
    Diagnostic diagnostic,
    int localDiscriminator,
    int remoteDiscriminator,
    Times times,
    String authentication,
    Counts counts,
    long sinceNanos,
    String lastDown) {
  /**
   * In microseconds.
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
  public record Discards(DiscardRule rule, long count) {}
}

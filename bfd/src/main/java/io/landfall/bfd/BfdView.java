package io.landfall.bfd;

import java.util.List;

/**
 * A session as it is shown.
 *
 * @param local our end
 * @param remote the peer's end, as its last packet had it
 * @param path what is known of the path
 * @param times the timers in use
 * @param authentication {@code none}, {@code keyed-sha1} or {@code meticulous-keyed-sha1}
 * @param counts what was counted
 * @param past how it came to its state
 */
public record BfdView(
    End local,
    End remote,
    PathLiveness path,
    Times times,
    String authentication,
    Counts counts,
    Past past) {
  /**
   * One end.
   *
   * @param state its state
   * @param discriminator its number for the session (RFC 5880 section 6.3); 0 when unknown
   */
  public record End(BfdState state, int discriminator) {}

  /**
   * How a session came to its state.
   *
   * @param sinceNanos when the state changed last, by the monotonic clock
   * @param diagnostic why we left Up last
   * @param lastDown the same in words; empty text when it never did
   */
  public record Past(long sinceNanos, Diagnostic diagnostic, String lastDown) {}

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

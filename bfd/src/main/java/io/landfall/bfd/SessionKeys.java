package io.landfall.bfd;

/**
 * How the packets of one session are authenticated: Keyed SHA1 or Meticulous Keyed SHA1 (RFC 5880
 * section 6.7.4), with one key for each direction, told apart by their Key ID, so that a packet
 * that is thrown back at its sender proves nothing.
 *
 * @param type which of the two
 * @param send the key for what we send
 * @param receive the key for what we receive; may be the same
 * @param freshness what is known of the keys' past
 */
public record SessionKeys(
    AuthenticationType type,
    AuthenticationKey send,
    AuthenticationKey receive,
    Freshness freshness) {
  /** What is known of the past of a pair of keys; it decides which sequence numbers are taken. */
  public enum Freshness {
    /**
     * Keys of a configuration, which outlive a session and a process: the sequence number starts
     * anywhere, is forgotten after twice the detection time, and moves in a window of three times
     * Detect Mult (section 6.7.4).
     */
    LONG_LIVED,
    /**
     * Keys made for this one session and used by no other, ever. The first sequence number is 1,
     * and one that is not beyond the last is never taken again, however long the silence. So a
     * packet of before a cut is not accepted after it, which the rules for long-lived keys permit.
     */
    ONE_SESSION
  }
}

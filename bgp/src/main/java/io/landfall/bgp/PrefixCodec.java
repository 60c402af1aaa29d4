package io.landfall.bgp;

/**
 * What a prefix means, as told by the plane that owns the session. The bgp room has no prefix type
 * of its own: it reads a length and address bytes off the wire and asks here.
 *
 * @param <P> the plane's prefix type
 */
public interface PrefixCodec<P> {
  /**
   * Reads one prefix that is well formed as BGP. A refusal is policy, not an error: the session
   * stays.
   *
   * @param family the family it came in
   * @param lengthBits the prefix length, already checked to be at most the family's
   * @param address 4 or 16 bytes, bits beyond the length cleared
   */
  Verdict<P> read(Family family, int lengthBits, byte[] address);

  /** The family in which a prefix travels. */
  Family family(P prefix);

  /** The prefix length in bits, as it goes on the wire. */
  int lengthBits(P prefix);

  /**
   * The 4 or 16 address bytes as they go on the wire. This is the last place before bytes leave, so
   * an implementation asserts that the prefix is one its plane may send, and throws otherwise.
   */
  byte[] address(P prefix);

  /**
   * Accepted or refused.
   *
   * @param <P> the plane's prefix type
   */
  sealed interface Verdict<P> {
    /** The prefix is one of this plane. */
    record Accepted<P>(P prefix) implements Verdict<P> {}

    /**
     * The prefix is not one of this plane.
     *
     * @param rule the rule it breaks, a short fixed phrase that is counted by, such as {@code
     *     not-host-length}
     */
    record Refused<P>(String rule) implements Verdict<P> {}
  }
}

package io.landfall.bgp;

/**
 * What a prefix means, as given by the plane that owns the session. The bgp room has no prefix type
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

  /**
   * Reads one prefix where it lies in a message; as {@link #read(Family, int, byte[])}, for planes
   * that can do it without a copy. The bits beyond the length are not cleared here.
   *
   * @param family the family it came in
   * @param lengthBits the prefix length, already checked to be at most the family's
   * @param bytes the message, which must be neither kept nor changed
   * @param at where the prefix's bytes begin; as many as the length needs are there
   */
  default Verdict<P> readAt(Family family, int lengthBits, byte[] bytes, int at) {
    byte[] address = new byte[family.maxLengthBits() / 8];
    int wholeBytes = (lengthBits + 7) / 8;
    System.arraycopy(bytes, at, address, 0, wholeBytes);
    if ((lengthBits & 7) != 0) {
      address[wholeBytes - 1] &= (byte) (0xff00 >>> (lengthBits & 7));
    }
    return read(family, lengthBits, address);
  }

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
   * Writes the prefix's bytes, as many as its length needs, and returns how many; as {@link
   * #address}, for planes that can do it without a copy. The same assertion holds.
   */
  default int writeAt(P prefix, byte[] into, int at) {
    int count = (lengthBits(prefix) + 7) / 8;
    System.arraycopy(address(prefix), 0, into, at, count);
    return count;
  }

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

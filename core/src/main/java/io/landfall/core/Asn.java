package io.landfall.core;

/**
 * An autonomous system number: four unsigned bytes (RFC 6793), written as RFC 5396 asplain.
 *
 * <p>Any value can be one that a peer sent, so any can be held; which of them a session may be
 * configured with is {@link #isUsable}.
 *
 * @param bits the number's 32 bits; read it with {@link #number} where it is compared or shown
 */
public record Asn(int bits) implements Comparable<Asn> {
  /** The greatest number of four bytes. */
  public static final long MAX = 0xffff_ffffL;

  /** The greatest number that fits the two bytes of RFC 4271. */
  private static final int MAX_TWO_OCTETS = 0xffff;

  /** AS 0, which no peer has (RFC 7607). */
  public static final Asn ZERO = new Asn(0);

  /** AS_TRANS: stands for a number that two bytes cannot hold (RFC 6793), and is no peer's own. */
  public static final Asn TRANS = new Asn(23_456);

  /**
   * The AS of a number.
   *
   * @throws IllegalArgumentException when it is negative or takes more than four bytes
   */
  public static Asn of(long number) {
    if (number < 0 || number > MAX) {
      throw new IllegalArgumentException(number + " is no AS number of four bytes");
    }
    return new Asn((int) number);
  }

  /** The number, unsigned. */
  public long number() {
    return Integer.toUnsignedLong(bits);
  }

  /** Whether the two bytes of an OPEN's fixed part can hold it (RFC 6793 section 4.1). */
  public boolean fitsTwoOctets() {
    return Integer.compareUnsigned(bits, MAX_TWO_OCTETS) <= 0;
  }

  /**
   * Whether a router may have it: not AS 0 (RFC 7607), AS_TRANS (RFC 6793), or the last number of
   * two or four bytes (RFC 7300).
   */
  public boolean isUsable() {
    return bits != 0 && bits != TRANS.bits && bits != MAX_TWO_OCTETS && bits != (int) MAX;
  }

  @Override
  public int compareTo(Asn other) {
    return Integer.compareUnsigned(bits, other.bits);
  }

  /** The number in asplain (RFC 5396). */
  @Override
  public String toString() {
    return Integer.toUnsignedString(bits);
  }
}

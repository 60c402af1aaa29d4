package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.core.Addresses;
import io.landfall.core.Block;
import java.util.Arrays;

/**
 * A prefix that this node may announce to the Internet: the only kind of destination plane one
 * knows.
 *
 * <p>It can only be made from configuration text and in sight of the overlay's {@link Block}, which
 * it must not overlap: an address of the overlay therefore has no value on this plane, as a /24 has
 * none on the other. There is no supertype of the two.
 */
public final class AnycastPrefix implements Comparable<AnycastPrefix> {
  /** The shortest IPv4 prefix that may be announced: no registry hands out more than a /8. */
  public static final int SHORTEST_IPV4 = 8;

  /** The shortest IPv6 prefix that may be announced. */
  public static final int SHORTEST_IPV6 = 16;

  private final Family family;
  private final byte[] network;
  private final int lengthBits;

  private AnycastPrefix(Family family, byte[] network, int lengthBits) {
    this.family = family;
    this.network = network;
    this.lengthBits = lengthBits;
  }

  /**
   * Reads {@code 198.51.100.0/24} or {@code 2001:db8:1::/48}.
   *
   * @param overlayBlock the block of the overlay, which the prefix must not share an address with
   * @throws IllegalArgumentException naming the rule that the text breaks
   */
  public static AnycastPrefix parse(String text, Block overlayBlock) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "anycast prefix '" + text + "' has no prefix length; write it as 198.51.100.0/24");
    }
    byte[] address =
        Addresses.parseLiteral(text.substring(0, slash))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "anycast prefix '"
                            + text
                            + "' does not start with an IPv4 or IPv6 address"));
    Family family = address.length == 4 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
    int lengthBits = length(text, slash);
    checkLength(text, family, lengthBits);
    checkHostBits(text, address, lengthBits);
    checkUnicast(text, address);
    if (overlayBlock.overlaps(address, lengthBits)) {
      throw new IllegalArgumentException(
          "anycast prefix "
              + text
              + " overlaps the overlay block "
              + overlayBlock
              + "; the two planes share no address");
    }
    return new AnycastPrefix(family, address, lengthBits);
  }

  private static int length(String text, int slash) {
    String length = text.substring(slash + 1);
    // Digits only: Integer.parseInt would also take a sign and the digits of other scripts.
    if (!length.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "anycast prefix '" + text + "' has a prefix length that is not a number");
    }
    return Integer.parseInt(length);
  }

  private static void checkLength(String text, Family family, int lengthBits) {
    int shortest = family == Family.IPV4_UNICAST ? SHORTEST_IPV4 : SHORTEST_IPV6;
    if (lengthBits == 0) {
      throw new IllegalArgumentException(
          "anycast prefix " + text + " is a default route, which is never announced");
    }
    if (lengthBits < shortest || lengthBits > family.maxLengthBits()) {
      throw new IllegalArgumentException(
          "anycast prefix "
              + text
              + " has length "
              + lengthBits
              + ", outside "
              + shortest
              + ".."
              + family.maxLengthBits());
    }
  }

  private static void checkHostBits(String text, byte[] address, int lengthBits) {
    for (int bit = lengthBits; bit < address.length * 8; bit++) {
      if ((address[bit >> 3] & (0x80 >>> (bit & 7))) != 0) {
        throw new IllegalArgumentException(
            "anycast prefix " + text + " has host bits set; the network address must end in zeros");
      }
    }
  }

  /** This network, loopback, link local, multicast and class E are nobody's to announce. */
  private static void checkUnicast(String text, byte[] address) {
    int first = address[0] & 0xff;
    int second = address[1] & 0xff;
    boolean martian =
        address.length == 4
            ? first == 0 || first == 127 || first >= 224 || (first == 169 && second == 254)
            : first == 0 || first == 0xff || (first == 0xfe && (second & 0xc0) == 0x80);
    if (martian) {
      throw new IllegalArgumentException(
          "anycast prefix " + text + " is not in unicast space that can be announced");
    }
  }

  /** The family in which it is announced. */
  public Family family() {
    return family;
  }

  /** The prefix length in bits. */
  public int lengthBits() {
    return lengthBits;
  }

  /** A copy of the network address: 4 or 16 bytes. */
  public byte[] network() {
    return network.clone();
  }

  @Override
  public int compareTo(AnycastPrefix other) {
    int c = family.compareTo(other.family);
    c = c != 0 ? c : Arrays.compareUnsigned(network, other.network);
    return c != 0 ? c : Integer.compare(lengthBits, other.lengthBits);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AnycastPrefix that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + lengthBits;
  }

  @Override
  public String toString() {
    return Addresses.format(network) + "/" + lengthBits;
  }
}

package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.core.Addresses;
import io.landfall.core.AnycastText;
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
    byte[] network = AnycastText.network(text, overlayBlock);
    Family family = network.length == 4 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
    return new AnycastPrefix(family, network, AnycastText.lengthBits(text));
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

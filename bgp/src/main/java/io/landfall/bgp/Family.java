package io.landfall.bgp;

/** The address families that Landfall supports (RFC 4760); there are no others, on purpose. */
public enum Family {
  /** AFI 1, SAFI 1. */
  IPV4_UNICAST(1, 1, 32),
  /** AFI 2, SAFI 1. */
  IPV6_UNICAST(2, 1, 128);

  private final int afi;
  private final int safi;
  private final int maxLengthBits;

  Family(int afi, int safi, int maxLengthBits) {
    this.afi = afi;
    this.safi = safi;
    this.maxLengthBits = maxLengthBits;
  }

  /** The address family identifier. */
  public int afi() {
    return afi;
  }

  /** The subsequent address family identifier. */
  public int safi() {
    return safi;
  }

  /** The family's place in a bit set of families: 1 for IPv4, 2 for IPv6. */
  public int bit() {
    return afi;
  }

  /** Whether a bit set of families has this one. */
  public boolean isIn(int familyBits) {
    return (familyBits & bit()) != 0;
  }

  /** The longest prefix length of the family: 32 or 128. */
  public int maxLengthBits() {
    return maxLengthBits;
  }
}

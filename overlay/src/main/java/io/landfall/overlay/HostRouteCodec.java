package io.landfall.overlay;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;

/**
 * The only prefixes that the overlay can read or write: hosts of one block. Anything else a peer
 * sends has no value to become, so it is refused here by a fixed rule; what we send is asserted
 * here a second time, as the bytes leave (design section 3, layer 5).
 */
public final class HostRouteCodec implements PrefixCodec<HostAddress> {
  /** The rule that 0.0.0.0/0 and ::/0 break. */
  public static final String DEFAULT_ROUTE = "default-route";

  /** The rule that any other prefix shorter than a host breaks. */
  public static final String NOT_HOST_LENGTH = "not-host-length";

  /** The rule that a host of somewhere else breaks. */
  public static final String OUTSIDE_BLOCK = "outside-block";

  /** The rule that an IPv6 prefix breaks where the block is IPv4, and the other way round. */
  public static final String WRONG_FAMILY = "wrong-family";

  private final Block block;
  private final Family family;

  /** A codec for the hosts of one block. */
  public HostRouteCodec(Block block) {
    this.block = block;
    this.family = familyOf(block);
  }

  /** The family in which the hosts of a block travel. */
  public static Family familyOf(Block block) {
    return block.isIpv4() ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
  }

  @Override
  public Verdict<HostAddress> read(Family received, int lengthBits, byte[] address) {
    if (lengthBits == 0) {
      return new Verdict.Refused<>(DEFAULT_ROUTE);
    }
    if (received != family) {
      return new Verdict.Refused<>(WRONG_FAMILY);
    }
    if (lengthBits != block.hostLength()) {
      return new Verdict.Refused<>(NOT_HOST_LENGTH);
    }
    int offset = block.offsetOf(address);
    return offset < 0
        ? new Verdict.Refused<>(OUTSIDE_BLOCK)
        : new Verdict.Accepted<>(new HostAddress(block, offset));
  }

  @Override
  public Family family(HostAddress prefix) {
    assertOurs(prefix);
    return family;
  }

  @Override
  public int lengthBits(HostAddress prefix) {
    assertOurs(prefix);
    return block.hostLength();
  }

  @Override
  public byte[] address(HostAddress prefix) {
    assertOurs(prefix);
    byte[] address = prefix.bytes();
    if (address.length * 8 != block.hostLength() || block.offsetOf(address) != prefix.offset()) {
      throw new InvariantBroken(prefix + " leaves as a host of " + block + " and is none");
    }
    return address;
  }

  private void assertOurs(HostAddress prefix) {
    if (!prefix.block().equals(block)) {
      throw new InvariantBroken(prefix + " of " + prefix.block() + " would leave, not of " + block);
    }
  }
}

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
  public static final String DEFAULT_ROUTE = PrefixRule.DEFAULT_ROUTE.label();

  /** The rule that any other prefix shorter than a host breaks. */
  public static final String NOT_HOST_LENGTH = PrefixRule.NOT_HOST_LENGTH.label();

  /** The rule that a host of somewhere else breaks. */
  public static final String OUTSIDE_BLOCK = PrefixRule.OUTSIDE_BLOCK.label();

  /** The rule that an IPv6 prefix breaks where the block is IPv4, and the other way round. */
  public static final String WRONG_FAMILY = PrefixRule.WRONG_FAMILY.label();

  /** The bytes of an address that may differ inside a block: it has at most 24 host bits. */
  private static final int LAST_BYTES = 4;

  private final Block block;
  private final Family family;
  private final byte[] network;
  private final int networkLast;
  private final int hostBits;

  /** A codec for the hosts of one block. */
  public HostRouteCodec(Block block) {
    this.block = block;
    this.family = familyOf(block);
    this.network = block.network();
    this.networkLast = intAt(network, network.length - LAST_BYTES);
    this.hostBits = block.hostLength() - block.prefixLength();
  }

  /** Whether this is a rule by which a codec refuses a prefix. */
  static boolean isRule(String rule) {
    for (PrefixRule each : PrefixRule.values()) {
      if (each.label().equals(rule)) {
        return true;
      }
    }
    return false;
  }

  /** The family in which the hosts of a block travel. */
  public static Family familyOf(Block block) {
    return block.isIpv4() ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
  }

  @Override
  public Verdict<HostAddress> read(Family received, int lengthBits, byte[] address) {
    return readAt(received, lengthBits, address, 0);
  }

  @Override
  public Verdict<HostAddress> readAt(Family received, int lengthBits, byte[] bytes, int at) {
    if (lengthBits == 0) {
      return new Verdict.Refused<>(DEFAULT_ROUTE);
    }
    if (received != family) {
      return new Verdict.Refused<>(WRONG_FAMILY);
    }
    if (lengthBits != block.hostLength()) {
      return new Verdict.Refused<>(NOT_HOST_LENGTH);
    }
    int first = network.length - LAST_BYTES;
    for (int i = 0; i < first; i++) {
      if (bytes[at + i] != network[i]) {
        return new Verdict.Refused<>(OUTSIDE_BLOCK);
      }
    }
    int offset = intAt(bytes, at + first) ^ networkLast;
    return offset >>> hostBits != 0
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

  @Override
  public int writeAt(HostAddress prefix, byte[] into, int at) {
    assertOurs(prefix);
    int last = networkLast | prefix.offset();
    if ((last ^ networkLast) >>> hostBits != 0) {
      throw new InvariantBroken(prefix + " leaves as a host of " + block + " and is none");
    }
    int first = network.length - LAST_BYTES;
    System.arraycopy(network, 0, into, at, first);
    for (int i = 0; i < LAST_BYTES; i++) {
      into[at + first + i] = (byte) (last >>> (24 - 8 * i));
    }
    return network.length;
  }

  private static int intAt(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | (bytes[at + 3] & 0xff);
  }

  private void assertOurs(HostAddress prefix) {
    if (!prefix.block().equals(block)) {
      throw new InvariantBroken(prefix + " of " + prefix.block() + " would leave, not of " + block);
    }
  }
}

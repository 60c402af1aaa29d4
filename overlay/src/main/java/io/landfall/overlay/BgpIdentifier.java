package io.landfall.overlay;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;

/**
 * A node's identity as the four bytes that BGP wants for its Identifier, ORIGINATOR_ID and
 * CLUSTER_ID (RFC 6286: unique in the AS, not zero; RFC 4456).
 *
 * <p>In an IPv4 block it is the identity itself. In an IPv6 block it is 10.0.0.0 plus the offset,
 * which is one to one because a block has at most 2^24 hosts, and looks like an address to daemons
 * that insist on one.
 */
public final class BgpIdentifier {
  private static final int IPV6_BASE = 10 << 24;
  private static final int OFFSET_MASK = (1 << Block.MAX_HOST_BITS) - 1;

  private BgpIdentifier() {}

  /** The identifier of a node. */
  public static int of(HostAddress identity) {
    return identity.block().isIpv4() ? toInt(identity.bytes()) : IPV6_BASE | identity.offset();
  }

  /** The offset of the node with this identifier, or -1 when no host of the block has it. */
  static int offsetOf(Block block, int identifier) {
    if (block.isIpv4()) {
      return block.offsetOf(
          new byte[] {
            (byte) (identifier >>> 24),
            (byte) (identifier >>> 16),
            (byte) (identifier >>> 8),
            (byte) identifier
          });
    }
    int offset = identifier & OFFSET_MASK;
    return (identifier & ~OFFSET_MASK) == IPV6_BASE && offset < block.size() ? offset : -1;
  }

  /** An identifier as people write it: four numbers with dots. */
  public static String text(int identifier) {
    return (identifier >>> 24)
        + "."
        + (identifier >>> 16 & 0xff)
        + "."
        + (identifier >>> 8 & 0xff)
        + "."
        + (identifier & 0xff);
  }

  private static int toInt(byte[] address) {
    return (address[0] & 0xff) << 24
        | (address[1] & 0xff) << 16
        | (address[2] & 0xff) << 8
        | (address[3] & 0xff);
  }
}

package io.landfall.core;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;

/**
 * One host inside a {@link Block}: the only kind of destination the overlay knows.
 *
 * <p>It is an offset in its block, checked here, so a /24 or a foreign address has no value. Hosts
 * of one block are ordered by offset, which is the order of their addresses.
 *
 * @param block the block that the host lies in
 * @param offset the host's distance from the block's network address
 */
public record HostAddress(Block block, int offset) implements Comparable<HostAddress> {
  /** Checks that the offset lies inside the block. */
  public HostAddress {
    Objects.requireNonNull(block);
    if (offset < 0 || offset >= block.size()) {
      throw new IllegalArgumentException(
          "offset " + offset + " lies outside " + block + ", which has " + block.size());
    }
  }

  /** The address, 4 or 16 bytes, most significant first. */
  public byte[] bytes() {
    return block.addressAt(offset);
  }

  /** The address as the JDK's type. */
  public InetAddress inetAddress() {
    try {
      return InetAddress.getByAddress(bytes());
    } catch (UnknownHostException e) {
      throw new InvariantBroken("a host address is 4 or 16 bytes", e);
    }
  }

  @Override
  public int compareTo(HostAddress other) {
    return Integer.compare(offset, other.offset);
  }

  /** The address in its usual text form, without a prefix length. */
  @Override
  public String toString() {
    return Addresses.format(bytes());
  }
}

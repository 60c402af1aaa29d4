package io.landfall.core;

import java.util.Arrays;
import java.util.Optional;

/**
 * The one prefix in which every overlay route must lie.
 *
 * <p>A block is an IPv4 or IPv6 prefix with at most {@value #MAX_HOST_BITS} host bits, so that
 * every address in it is a small non-negative offset. {@link HostAddress} can only be made by a
 * block; an address outside it, or a prefix shorter than a host, therefore has no value anywhere in
 * Landfall.
 */
public final class Block {
  /** The largest number of host bits: 2^24 offsets, so an IPv4 block is a /8 or longer. */
  public static final int MAX_HOST_BITS = 24;

  private final byte[] network;
  private final int prefixLength;

  private Block(byte[] network, int prefixLength) {
    this.network = network;
    this.prefixLength = prefixLength;
  }

  /**
   * Parses {@code 10.32.0.0/23} or {@code fd00:32::/112}.
   *
   * @throws IllegalArgumentException naming the rule that the text breaks
   */
  public static Block parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "block '" + text + "' has no prefix length; write it as 10.32.0.0/23");
    }
    byte[] address =
        Addresses.parseLiteral(text.substring(0, slash))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "block '" + text + "' does not start with an IPv4 or IPv6 address"));
    String length = text.substring(slash + 1);
    // Digits only: Integer.parseInt would also take a sign and the digits of other scripts.
    if (!length.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "block '" + text + "' has a prefix length that is not a number");
    }
    return of(address, Integer.parseInt(length));
  }

  /**
   * A block from its network address and prefix length.
   *
   * @throws IllegalArgumentException naming the rule that the values break
   */
  public static Block of(byte[] network, int prefixLength) {
    int bits = network.length * 8;
    if (bits != 32 && bits != 128) {
      throw new IllegalArgumentException("a block's address has 4 or 16 bytes, not " + bits / 8);
    }
    if (prefixLength < 0 || prefixLength > bits) {
      throw new IllegalArgumentException(
          "prefix length " + prefixLength + " is outside 0.." + bits);
    }
    if (bits - prefixLength > MAX_HOST_BITS) {
      throw new IllegalArgumentException(
          "the block is too large: a /"
              + prefixLength
              + " has more than "
              + MAX_HOST_BITS
              + " host bits; use a /"
              + (bits - MAX_HOST_BITS)
              + " or longer");
    }
    byte[] copy = network.clone();
    for (int bit = prefixLength; bit < bits; bit++) {
      if ((copy[bit >> 3] & (0x80 >>> (bit & 7))) != 0) {
        throw new IllegalArgumentException(
            Addresses.format(network)
                + "/"
                + prefixLength
                + " has host bits set; the network address must end in zeros");
      }
    }
    return new Block(copy, prefixLength);
  }

  /** Whether this is an IPv4 block (host routes are /32) or an IPv6 block (/128). */
  public boolean isIpv4() {
    return network.length == 4;
  }

  /** The length in bits of a host prefix of this block: 32 or 128. */
  public int hostLength() {
    return network.length * 8;
  }

  /** The prefix length of the block itself. */
  public int prefixLength() {
    return prefixLength;
  }

  /** How many host addresses the block has. */
  public int size() {
    return 1 << (hostLength() - prefixLength);
  }

  /** A copy of the network address: 4 or 16 bytes. */
  public byte[] network() {
    return network.clone();
  }

  /**
   * The host at an offset.
   *
   * @throws IllegalArgumentException if the offset is outside the block
   */
  public HostAddress host(int offset) {
    return new HostAddress(this, offset);
  }

  /** The host with this address (4 or 16 bytes), or empty when it lies outside the block. */
  public Optional<HostAddress> host(byte[] address) {
    int offset = offsetOf(address);
    return offset < 0 ? Optional.empty() : Optional.of(new HostAddress(this, offset));
  }

  /** The offset of an address in this block, or -1 when it lies outside; allocates nothing. */
  public int offsetOf(byte[] address) {
    if (address.length != network.length) {
      return -1;
    }
    int whole = prefixLength >> 3;
    for (int i = 0; i < whole; i++) {
      if (address[i] != network[i]) {
        return -1;
      }
    }
    int rest = prefixLength & 7;
    if (rest != 0 && ((address[whole] ^ network[whole]) & (0xff00 >>> rest) & 0xff) != 0) {
      return -1;
    }
    int offset = 0;
    for (int i = Math.max(0, address.length - 4); i < address.length; i++) {
      offset = (offset << 8) | (address[i] & 0xff);
    }
    int hostBits = hostLength() - prefixLength;
    return offset & (int) ((1L << hostBits) - 1);
  }

  /**
   * The host that this text names.
   *
   * @throws IllegalArgumentException if the text is no address literal, or lies outside the block
   */
  public HostAddress parseHost(String text) {
    byte[] address =
        Addresses.parseLiteral(text)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'" + text + "' is not an IPv4 or IPv6 address literal"));
    return host(address)
        .orElseThrow(() -> new IllegalArgumentException(text + " lies outside the block " + this));
  }

  /** Whether an arbitrary prefix shares at least one address with this block. */
  public boolean overlaps(byte[] otherNetwork, int otherPrefixLength) {
    if (otherNetwork.length != network.length) {
      return false;
    }
    int common = Math.min(prefixLength, otherPrefixLength);
    for (int bit = 0; bit < common; bit++) {
      int mask = 0x80 >>> (bit & 7);
      if (((network[bit >> 3] ^ otherNetwork[bit >> 3]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  byte[] addressAt(int offset) {
    byte[] address = network.clone();
    int last = address.length - 1;
    for (int i = 0; i < 4 && i <= last; i++) {
      address[last - i] |= (byte) (offset >>> (8 * i));
    }
    return address;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Block that
        && prefixLength == that.prefixLength
        && Arrays.equals(network, that.network);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(network) + prefixLength;
  }

  @Override
  public String toString() {
    return Addresses.format(network) + "/" + prefixLength;
  }
}

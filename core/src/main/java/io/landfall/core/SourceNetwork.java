package io.landfall.core;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * Whom an address stands for when connections or requests are bounded by source: an IPv4 address,
 * or an IPv6 /64, for who has one address of a /64 has them all. Behind NAT64 (RFC 6052) all of
 * IPv4 comes from one /96, so in the well-known prefix {@code 64:ff9b::/96} the embedded IPv4
 * address counts. A translator with a prefix of its own cannot be distinguished from any other
 * network.
 */
public final class SourceNetwork {
  private static final int IPV6_BYTES = 16;
  private static final int NETWORK_BYTES = 8;
  private static final int EMBEDDED_AT = 12;
  private static final long NAT64 = 0x0064_ff9b_0000_0000L;

  private SourceNetwork() {}

  /** One number for each source; that of an IPv4 address is the same behind the prefix. */
  public static long of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address || bytes.length != IPV6_BYTES) {
      return number(bytes, 0, bytes.length);
    }
    long network = number(bytes, 0, NETWORK_BYTES);
    boolean translated = network == NAT64 && number(bytes, NETWORK_BYTES, EMBEDDED_AT) == 0;
    return translated ? number(bytes, EMBEDDED_AT, IPV6_BYTES) : network;
  }

  private static long number(byte[] bytes, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }
}

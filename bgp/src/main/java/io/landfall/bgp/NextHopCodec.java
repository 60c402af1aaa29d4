package io.landfall.bgp;

import io.landfall.core.InvariantBroken;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** Next hops as bytes and as addresses (RFC 4271 section 5.1.3, RFC 2545, RFC 8950). */
final class NextHopCodec {
  private static final int LINK_LOCAL_TOO = 32;

  private NextHopCodec() {}

  /** The address in 4, 16 or 32 bytes; of the pair of RFC 2545 the global one counts. */
  static InetAddress address(byte[] bytes, int at, int length) {
    int used = length == LINK_LOCAL_TOO ? 16 : length;
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + used));
    } catch (UnknownHostException e) {
      throw new InvariantBroken("a next hop has 4, 16 or 32 bytes", e);
    }
  }

  /** Whether no host can have this address: unspecified, multicast, or IPv4 class E. */
  static boolean isImpossible(InetAddress address) {
    return address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || (address instanceof Inet4Address && (address.getAddress()[0] & 0xf0) == 0xf0)
        || (address instanceof Inet4Address && address.getAddress()[0] == 0);
  }

  /** The 16 bytes of an address; an IPv4 one goes in its mapped form. */
  static byte[] sixteenBytes(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16) {
      return bytes;
    }
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(bytes, 0, mapped, 12, 4);
    return mapped;
  }
}

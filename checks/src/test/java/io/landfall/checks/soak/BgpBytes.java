package io.landfall.checks.soak;

import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;

import io.landfall.testkit.BgpMessages;
import java.nio.ByteBuffer;
import java.util.List;

/** What the peers of the soak send, right and wrong. */
final class BgpBytes {
  private static final int HOLD_SECONDS = 30;

  static final byte[] KEEPALIVE = BgpMessages.keepalive();

  /** A ROUTE-REFRESH for IPv4 unicast (RFC 2918). */
  static final byte[] ROUTE_REFRESH = BgpMessages.refresh(0);

  /** End-of-RIB for IPv4 unicast (RFC 4724). */
  static final byte[] END_OF_RIB = BgpMessages.message(BgpMessages.UPDATE, new byte[4]);

  /** The end of a refresh (RFC 7313). */
  static final byte[] END_OF_REFRESH = BgpMessages.refresh(2);

  private BgpBytes() {}

  /**
   * An OPEN with IPv4 unicast, four-octet AS numbers, route refresh and enhanced route refresh.
   *
   * @param addPath whether several paths for one prefix are offered and wanted too (RFC 7911)
   */
  static byte[] open(int asn, int identifier, boolean addPath) {
    return BgpMessages.open(
        asn,
        identifier,
        HOLD_SECONDS,
        octets(2, 0, 70, 0),
        addPath ? octets(69, 4, 0, 1, 1, 3) : octets());
  }

  /** Every way to end a session in one message: an administrator's word, or a broken one. */
  static List<byte[]> enders(byte[] open) {
    return List.copyOf(BgpMessages.enders(open).values());
  }

  /** ORIGIN, an empty AS_PATH, NEXT_HOP, LOCAL_PREF: what a node sends, or a host by iBGP. */
  static byte[] attributes(int nextHop, byte[]... more) {
    return join(
        new byte[] {0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4},
        ByteBuffer.allocate(4).putInt(nextHop).array(),
        new byte[] {0x40, 5, 4, 0, 0, 0, 100},
        join(more));
  }

  /** LARGE_COMMUNITY (RFC 8092) with that many, none of which another number shares. */
  static byte[] largeCommunities(int count, int number) {
    ByteBuffer out = ByteBuffer.allocate(4 + 12 * count);
    out.put((byte) 0xd0).put((byte) 32).putShort((short) (12 * count));
    for (int i = 0; i < count; i++) {
      out.putInt(64_999).putInt(number).putInt(i);
    }
    return out.array();
  }

  /** A host as NLRI with a path identifier. */
  static byte[] host(int address, int pathId) {
    return ByteBuffer.allocate(9).putInt(pathId).put((byte) 32).putInt(address).array();
  }
}

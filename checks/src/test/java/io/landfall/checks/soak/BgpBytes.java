package io.landfall.checks.soak;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/** BGP messages by hand (RFC 4271 section 4), right and wrong. */
final class BgpBytes {
  static final int OPEN = 1;
  static final int UPDATE = 2;
  static final int NOTIFICATION = 3;
  static final int KEEPALIVE_TYPE = 4;
  static final int REFRESH = 5;
  static final int OVERLAY_ASN = (int) 4_200_000_000L;
  static final int HEADER_BYTES = 19;

  /** Function of the large community in which a node names its IPv4 endpoint. */
  private static final int ENDPOINT_FUNCTION = 0x0204;

  private static final int AS_TRANS = 23_456;
  private static final int HOLD_SECONDS = 30;

  static final byte[] KEEPALIVE = message(KEEPALIVE_TYPE, new byte[0]);

  /** A ROUTE-REFRESH for IPv4 unicast (RFC 2918). */
  static final byte[] ROUTE_REFRESH = message(REFRESH, new byte[] {0, 1, 0, 1});

  /** End-of-RIB for IPv4 unicast (RFC 4724). */
  static final byte[] END_OF_RIB = message(UPDATE, new byte[4]);

  /** The end of a refresh (RFC 7313). */
  static final byte[] END_OF_REFRESH = message(REFRESH, new byte[] {0, 1, 2, 1});

  private BgpBytes() {}

  static byte[] message(int type, byte[] body) {
    return ByteBuffer.allocate(HEADER_BYTES + body.length)
        .putLong(-1)
        .putLong(-1)
        .putShort((short) (HEADER_BYTES + body.length))
        .put((byte) type)
        .put(body)
        .array();
  }

  /**
   * An OPEN with IPv4 unicast, four-octet AS numbers, route refresh and enhanced route refresh.
   *
   * @param addPath whether several paths for one prefix are offered and wanted too (RFC 7911)
   */
  static byte[] open(int asn, int identifier, boolean addPath) {
    byte[] capabilities =
        join(
            new byte[] {1, 4, 0, 1, 0, 1, 2, 0, 70, 0, 65, 4},
            ByteBuffer.allocate(4).putInt(asn).array(),
            addPath ? new byte[] {69, 4, 0, 1, 1, 3} : new byte[0]);
    int shortAsn = asn >>> 16 == 0 ? asn : AS_TRANS;
    ByteBuffer body = ByteBuffer.allocate(12 + capabilities.length);
    body.put((byte) 4).putShort((short) shortAsn).putShort((short) HOLD_SECONDS);
    body.putInt(identifier);
    body.put((byte) (2 + capabilities.length)).put((byte) 2).put((byte) capabilities.length);
    return message(OPEN, body.put(capabilities).array());
  }

  /** Every way to end a session in one message: an administrator's word, or a broken one. */
  static List<byte[]> enders(byte[] open) {
    byte[] badMarker = KEEPALIVE.clone();
    badMarker[3] = 0;
    return List.of(
        message(NOTIFICATION, new byte[] {6, 2}),
        message(NOTIFICATION, new byte[] {6, 7}),
        message(UPDATE, new byte[] {0x7f, 0, 0, 0}),
        badMarker,
        message(99, new byte[0]),
        open);
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

  /** LARGE_COMMUNITY with the endpoint of a node. */
  static byte[] endpoint(int address, int port) {
    return ByteBuffer.allocate(15)
        .put(new byte[] {(byte) 0xc0, 32, 12})
        .putInt(OVERLAY_ASN)
        .putInt(ENDPOINT_FUNCTION << 16 | port)
        .putInt(address)
        .array();
  }

  /** A host as NLRI. */
  static byte[] host(int address) {
    return ByteBuffer.allocate(5).put((byte) 32).putInt(address).array();
  }

  /** A host as NLRI with a path identifier. */
  static byte[] host(int address, int pathId) {
    return ByteBuffer.allocate(9).putInt(pathId).put((byte) 32).putInt(address).array();
  }

  static byte[] announce(byte[] attributes, byte[]... nlri) {
    byte[] routes = join(nlri);
    ByteBuffer body = ByteBuffer.allocate(4 + attributes.length + routes.length);
    body.putShort((short) 0).putShort((short) attributes.length).put(attributes).put(routes);
    return message(UPDATE, body.array());
  }

  static int ipv4(String text) {
    return ByteBuffer.wrap(java.net.InetAddress.ofLiteral(text).getAddress()).getInt();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}

package io.landfall.node;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** BGP messages made by hand (RFC 4271 section 4), so that a wrong one can be made too. */
final class BgpBytes {
  static final int OPEN = 1;
  static final int UPDATE = 2;
  static final int NOTIFICATION = 3;
  static final int KEEPALIVE = 4;
  static final int OVERLAY_ASN = (int) 4_200_000_000L;
  private static final int AS_TRANS = 23_456;
  private static final int HOLD_SECONDS = 90;

  private BgpBytes() {}

  static byte[] message(int type, byte[] body) {
    ByteBuffer message = ByteBuffer.allocate(19 + body.length);
    byte[] marker = new byte[16];
    Arrays.fill(marker, (byte) 0xff);
    return message
        .put(marker)
        .putShort((short) (19 + body.length))
        .put((byte) type)
        .put(body)
        .array();
  }

  /** OPEN of an overlay node with this identity: IPv4 unicast, 4-byte AS. */
  static byte[] open(int identifier) {
    return open(identifier, new byte[0]);
  }

  /** The same of one that marks the ends of a refresh (RFC 7313), and wants them marked. */
  static byte[] openWithRefresh(int identifier) {
    return open(identifier, new byte[] {2, 0, 70, 0});
  }

  private static byte[] open(int identifier, byte[] more) {
    byte[] capabilities =
        join(
            new byte[] {1, 4, 0, 1, 0, 1},
            new byte[] {65, 4},
            ByteBuffer.allocate(4).putInt(OVERLAY_ASN).array(),
            more);
    ByteBuffer body = ByteBuffer.allocate(10 + 2 + capabilities.length);
    body.put((byte) 4).putShort((short) AS_TRANS).putShort((short) HOLD_SECONDS).putInt(identifier);
    body.put((byte) (2 + capabilities.length)).put((byte) 2).put((byte) capabilities.length);
    return message(OPEN, body.put(capabilities).array());
  }

  static byte[] keepalive() {
    return message(KEEPALIVE, new byte[0]);
  }

  /** An UPDATE that announces prefixes with the attributes of a Landfall route. */
  static byte[] announce(String nextHop, byte[]... prefixes) {
    return update(new byte[0], attributes(nextHop), join(prefixes));
  }

  /** An UPDATE that withdraws prefixes. */
  static byte[] withdraw(byte[]... prefixes) {
    return update(join(prefixes), new byte[0], new byte[0]);
  }

  static byte[] update(byte[] withdrawn, byte[] attributes, byte[] nlri) {
    ByteBuffer body =
        ByteBuffer.allocate(4 + withdrawn.length + attributes.length + nlri.length)
            .putShort((short) withdrawn.length)
            .put(withdrawn)
            .putShort((short) attributes.length)
            .put(attributes)
            .put(nlri);
    return message(UPDATE, body.array());
  }

  /** ORIGIN IGP, AS_PATH empty, NEXT_HOP, MED 0, LOCAL_PREF 100. */
  static byte[] attributes(String nextHop) {
    return join(
        new byte[] {0x40, 1, 1, 0},
        new byte[] {0x40, 2, 0},
        new byte[] {0x40, 3, 4},
        address(nextHop),
        new byte[] {(byte) 0x80, 4, 4, 0, 0, 0, 0},
        new byte[] {0x40, 5, 4, 0, 0, 0, 100});
  }

  /** An identity's own route with the endpoint that its node advertises. */
  static byte[] identityAt(String identity, InetAddress address, int port) {
    byte[] community =
        ByteBuffer.allocate(15)
            .put(new byte[] {(byte) 0xC0, 32, 12})
            .putInt(OVERLAY_ASN)
            .putInt(0x0204_0000 | port)
            .put(address.getAddress())
            .array();
    return update(new byte[0], join(attributes(identity), community), prefix(identity + "/32"));
  }

  /** A prefix as NLRI, such as {@code 10.32.0.0/24}. */
  static byte[] prefix(String text) {
    int slash = text.indexOf('/');
    int length = Integer.parseInt(text.substring(slash + 1));
    byte[] address = address(text.substring(0, slash));
    return join(new byte[] {(byte) length}, Arrays.copyOf(address, (length + 7) / 8));
  }

  static int identifier(String address) {
    return ByteBuffer.wrap(address(address)).getInt();
  }

  private static byte[] address(String text) {
    return java.net.InetAddress.ofLiteral(text).getAddress();
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}

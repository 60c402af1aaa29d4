package io.landfall.checks.drill;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** BGP messages by hand, and the prefixes of IPv4 UPDATEs read without the bgp room. */
final class Wires {
  static final byte[] KEEPALIVE = message(4, new byte[0]);

  private Wires() {}

  /** What one message says of prefixes, as {@code 192.0.2.0/24}. */
  record Prefixes(List<String> withdrawn, List<String> announced) {}

  static byte[] message(int type, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(19 + body.length);
    out.putLong(-1).putLong(-1).putShort((short) out.capacity()).put((byte) type).put(body);
    return out.array();
  }

  /** An OPEN for IPv4 unicast with four-octet AS numbers, a hold time of 90 s, nothing else. */
  static byte[] open(int asn, int identifier) {
    ByteBuffer out = ByteBuffer.allocate(24);
    out.put((byte) 4).putShort((short) 23456).putShort((short) 90).putInt(identifier);
    out.put((byte) 14).put((byte) 2).put((byte) 12);
    out.put(new byte[] {1, 4, 0, 1, 0, 1, 65, 4}).putInt(asn);
    return message(1, java.util.Arrays.copyOf(out.array(), out.position()));
  }

  /** An UPDATE as a Landfall node sends it, with these NLRI bytes. */
  static byte[] hosts(byte[] nextHop, byte[]... hosts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {0, 0, 0, 21, 0x40, 1, 1, 0, 0x40, 2, 0, 0x40, 3, 4});
    body.writeBytes(nextHop);
    body.writeBytes(new byte[] {0x40, 5, 4, 0, 0, 0, 100});
    for (byte[] host : hosts) {
      body.write(32);
      body.writeBytes(host);
    }
    return message(2, body.toByteArray());
  }

  /** The same by eBGP, from a host of this two-octet AS. */
  static byte[] hostsBy(int asn, byte[] nextHop, byte[]... hosts) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {0, 0, 0, 20, 0x40, 1, 1, 0, 0x40, 2, 6, 2, 1});
    body.writeBytes(new byte[] {0, 0, (byte) (asn >>> 8), (byte) asn, 0x40, 3, 4});
    body.writeBytes(nextHop);
    for (byte[] host : hosts) {
      body.write(32);
      body.writeBytes(host);
    }
    return message(2, body.toByteArray());
  }

  /** Several messages as one stream. */
  static byte[] stream(List<byte[]> messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    messages.forEach(out::writeBytes);
    return out.toByteArray();
  }

  /** Cuts a stream of whole messages. */
  static List<byte[]> messages(byte[] stream) {
    List<byte[]> messages = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(stream);
    while (in.hasRemaining()) {
      byte[] message = new byte[Short.toUnsignedInt(in.getShort(in.position() + 16))];
      in.get(message);
      messages.add(message);
    }
    return messages;
  }

  static Prefixes prefixes(byte[] update) {
    int withdrawnEnd = 21 + InternetUpdates.u16(update, 19);
    int attributesEnd = withdrawnEnd + 2 + InternetUpdates.u16(update, withdrawnEnd);
    return new Prefixes(run(update, 21, withdrawnEnd), run(update, attributesEnd, update.length));
  }

  private static List<String> run(byte[] bytes, int from, int to) {
    List<String> prefixes = new ArrayList<>();
    int at = from;
    while (at < to) {
      int bits = bytes[at++] & 0xff;
      int size = (bits + 7) / 8;
      int[] address = new int[4];
      for (int i = 0; i < size; i++) {
        address[i] = bytes[at + i] & 0xff;
      }
      at += size;
      prefixes.add(
          address[0] + "." + address[1] + "." + address[2] + "." + address[3] + "/" + bits);
    }
    if (at != to) {
      throw new AssertionError("a prefix overruns its field");
    }
    return prefixes;
  }
}

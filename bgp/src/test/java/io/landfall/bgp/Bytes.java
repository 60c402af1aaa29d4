package io.landfall.bgp;

import java.io.ByteArrayOutputStream;

/** Messages by hand, right and wrong. */
final class Bytes {
  private Bytes() {}

  static byte[] octets(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] u32(int value) {
    byte[] bytes = new byte[4];
    Wire.putU32(bytes, 0, value);
    return bytes;
  }

  static byte[] message(int type, byte[] body) {
    byte[] header = MessageType.KEEPALIVE.frame(19);
    Wire.putU16(header, 16, 19 + body.length);
    header[18] = (byte) type;
    return join(header, body);
  }

  static byte[] attribute(int flags, int code, int... value) {
    return attribute(flags, code, octets(value));
  }

  static byte[] attribute(int flags, int code, byte[] value) {
    return value.length > 255
        ? join(octets(flags | 0x10, code, value.length >> 8, value.length), value)
        : join(octets(flags, code, value.length), value);
  }

  /** The body of an UPDATE. */
  static byte[] update(byte[] withdrawn, byte[] attributes, byte[] nlri) {
    byte[] lengths = new byte[4];
    Wire.putU16(lengths, 0, withdrawn.length);
    Wire.putU16(lengths, 2, attributes.length);
    return join(
        octets(lengths[0], lengths[1]),
        withdrawn,
        octets(lengths[2], lengths[3]),
        attributes,
        nlri);
  }

  static final byte[] NONE = {};
  static final byte[] ORIGIN = attribute(0x40, 1, 0);
  static final byte[] EMPTY_AS_PATH = attribute(0x40, 2);
  static final byte[] NEXT_HOP = attribute(0x40, 3, 10, 0, 0, 1);
  static final byte[] LOCAL_PREF = attribute(0x40, 5, 0, 0, 0, 100);

  /** What a good internal route needs. */
  static final byte[] GOOD = join(ORIGIN, EMPTY_AS_PATH, NEXT_HOP, LOCAL_PREF);

  /** 10.1.0.1/32. */
  static final byte[] HOST = octets(32, 10, 1, 0, 1);

  /** 10.1.0.2/32. */
  static final byte[] OTHER_HOST = octets(32, 10, 1, 0, 2);

  /** MP_REACH_NLRI with one IPv6 host, fd00::9/128, and a next hop of this length. */
  static byte[] mpReach(int nextHopLength) {
    byte[] nextHop = new byte[nextHopLength];
    if (nextHopLength > 0) {
      nextHop[0] = (byte) 0xfd;
    }
    return attribute(0x80, 14, join(octets(0, 2, 1, nextHopLength), nextHop, octets(0), IPV6_HOST));
  }

  /** fd00::9/128. */
  static final byte[] IPV6_HOST = octets(128, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
}

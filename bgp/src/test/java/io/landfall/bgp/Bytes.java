package io.landfall.bgp;

import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;

/** Attributes and prefixes by hand, right and wrong. */
final class Bytes {
  private Bytes() {}

  static byte[] attribute(int flags, int code, int... value) {
    return attribute(flags, code, octets(value));
  }

  static byte[] attribute(int flags, int code, byte[] value) {
    return value.length > 255
        ? join(octets(flags | 0x10, code, value.length >> 8, value.length), value)
        : join(octets(flags, code, value.length), value);
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

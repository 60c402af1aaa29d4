package io.landfall.ingress;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BGP messages as bytes made by hand: one of each kind that a session lives through, and one of
 * each that ends it.
 */
final class RawMessages {
  /** OPEN. */
  static final int OPEN = 1;

  /** UPDATE. */
  static final int UPDATE = 2;

  /** NOTIFICATION. */
  static final int NOTIFICATION = 3;

  /** KEEPALIVE. */
  static final int KEEPALIVE = 4;

  /** ROUTE-REFRESH. */
  static final int ROUTE_REFRESH = 5;

  private static final int AS_TRANS = 23_456;

  private RawMessages() {}

  /** A message with a right header. */
  static byte[] message(int type, int... body) {
    byte[] bytes = new byte[19 + body.length];
    Arrays.fill(bytes, 0, 16, (byte) 0xff);
    bytes[16] = (byte) (bytes.length >>> 8);
    bytes[17] = (byte) bytes.length;
    bytes[18] = (byte) type;
    for (int i = 0; i < body.length; i++) {
      bytes[19 + i] = (byte) body[i];
    }
    return bytes;
  }

  /** An OPEN for IPv4, of a speaker that knows both route refreshes; hold time 90 s. */
  static byte[] open(int as, int id) {
    int shortAs = Integer.compareUnsigned(as, 0xffff) <= 0 ? as : AS_TRANS;
    return message(
        OPEN,
        join(
            of(4, shortAs >>> 8, shortAs, 0, 90),
            u32(id),
            of(18, 2, 16, 1, 4, 0, 1, 0, 1, 2, 0, 70, 0, 65, 4),
            u32(as)));
  }

  /** An UPDATE that announces one IPv4 host with these bytes as its AS_PATH. */
  static byte[] announce(int host, int nextHop, int... asPath) {
    int[] attributes =
        join(
            of(0x40, 1, 1, 0, 0x40, 2, asPath.length),
            asPath,
            of(0x40, 3, 4),
            u32(nextHop),
            of(0x40, 5, 4, 0, 0, 0, 100));
    return message(UPDATE, join(of(0, 0, 0, attributes.length), attributes, of(32), u32(host)));
  }

  /** A NOTIFICATION without data. */
  static byte[] notification(int code, int subcode) {
    return message(NOTIFICATION, code, subcode);
  }

  /** A ROUTE-REFRESH for IPv4 unicast (RFC 2918), with a subtype (RFC 7313). */
  static byte[] refresh(int subtype) {
    return message(ROUTE_REFRESH, 0, 1, subtype, 1);
  }

  /** What an Established session lives through, beside announcements. */
  static Map<String, byte[]> harmless() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("KEEPALIVE", message(KEEPALIVE));
    all.put("End-of-RIB", message(UPDATE, 0, 0, 0, 0));
    all.put("ROUTE-REFRESH", refresh(0));
    all.put("BoRR", refresh(1));
    all.put("EoRR", refresh(2));
    all.put("ROUTE-REFRESH of subtype 9", refresh(9));
    all.put("ROUTE-REFRESH of IPv6", message(ROUTE_REFRESH, 0, 2, 0, 1));
    return all;
  }

  /** What ends an Established session, each in its own way. */
  static Map<String, byte[]> enders(int as, int id) {
    byte[] badMarker = message(KEEPALIVE);
    badMarker[0] = 0;
    byte[] badLength = message(KEEPALIVE);
    badLength[17] = 18;
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("NOTIFICATION 6/2", notification(6, 2));
    all.put("NOTIFICATION 6/7", notification(6, 7));
    all.put("NOTIFICATION of one byte", message(NOTIFICATION, 6));
    all.put("unknown type", message(9));
    all.put("bad marker", badMarker);
    all.put("bad length", badLength);
    all.put("malformed UPDATE", message(UPDATE, 0xff, 0xff, 0, 0));
    all.put("second OPEN", open(as, id));
    all.put("ROUTE-REFRESH of five bytes", message(ROUTE_REFRESH, 0, 1, 0, 1, 0));
    return all;
  }

  /** These bytes one after another. */
  static byte[] concat(List<byte[]> messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    messages.forEach(out::writeBytes);
    return out.toByteArray();
  }

  private static int[] of(int... bytes) {
    return bytes;
  }

  private static int[] u32(int value) {
    return of(value >>> 24, value >>> 16, value >>> 8, value);
  }

  private static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}

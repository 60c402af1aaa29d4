package io.landfall.testkit;

import static io.landfall.testkit.Octets.join;
import static io.landfall.testkit.Octets.octets;
import static io.landfall.testkit.Octets.u32;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * BGP messages as bytes (RFC 4271 section 4), made by hand and not by the room that is tested, so
 * that a wrong one can be made too: each kind that a session lives through, and each that ends it.
 */
public final class BgpMessages {
  /** The type of an OPEN. */
  public static final int OPEN = 1;

  /** The type of an UPDATE. */
  public static final int UPDATE = 2;

  /** The type of a NOTIFICATION. */
  public static final int NOTIFICATION = 3;

  /** The type of a KEEPALIVE. */
  public static final int KEEPALIVE = 4;

  /** The type of a ROUTE-REFRESH (RFC 2918). */
  public static final int ROUTE_REFRESH = 5;

  /** Marker, length and type. */
  public static final int HEADER_BYTES = 19;

  /** The private AS of the overlays that tests make, as four octets. */
  public static final int OVERLAY_ASN = (int) 4_200_000_000L;

  /** Function of the large community in which a node advertises its IPv4 endpoint. */
  private static final int ENDPOINT_FUNCTION = 0x0204;

  private static final int HOLD_SECONDS = 90;
  private static final int AS_TRANS = 23_456;
  private static final int MAX_SHORT_ASN = 0xffff;

  private BgpMessages() {}

  /** A message with a right header. */
  public static byte[] message(int type, byte[] body) {
    return ByteBuffer.allocate(HEADER_BYTES + body.length)
        .putLong(-1)
        .putLong(-1)
        .putShort((short) (HEADER_BYTES + body.length))
        .put((byte) type)
        .put(body)
        .array();
  }

  /** A message with a right header; the lowest eight bits of each number are its body. */
  public static byte[] message(int type, int... body) {
    return message(type, octets(body));
  }

  /** A KEEPALIVE. */
  public static byte[] keepalive() {
    return message(KEEPALIVE);
  }

  /** An OPEN for IPv4, of a speaker that knows both route refreshes; hold time 90 s. */
  public static byte[] open(int asn, int identifier) {
    return open(asn, identifier, HOLD_SECONDS, octets(2, 0), octets(70, 0));
  }

  /**
   * An OPEN with IPv4 unicast, four-octet AS numbers (RFC 6793), and these capabilities besides.
   *
   * @param asn the AS as four octets
   */
  public static byte[] open(int asn, int identifier, int holdSeconds, byte[]... capabilities) {
    byte[] all = join(octets(1, 4, 0, 1, 0, 1), join(capabilities), octets(65, 4), u32(asn));
    int shortAsn = Integer.compareUnsigned(asn, MAX_SHORT_ASN) <= 0 ? asn : AS_TRANS;
    return message(
        OPEN,
        join(
            octets(4, shortAsn >>> 8, shortAsn, holdSeconds >>> 8, holdSeconds),
            u32(identifier),
            octets(2 + all.length, 2, all.length),
            all));
  }

  /** An UPDATE of these three fields, whatever is in them. */
  public static byte[] update(byte[] withdrawn, byte[] attributes, byte[] nlri) {
    return message(UPDATE, updateBody(withdrawn, attributes, nlri));
  }

  /** The same without a header. */
  public static byte[] updateBody(byte[] withdrawn, byte[] attributes, byte[] nlri) {
    return join(
        octets(withdrawn.length >>> 8, withdrawn.length),
        withdrawn,
        octets(attributes.length >>> 8, attributes.length),
        attributes,
        nlri);
  }

  /** An UPDATE that announces prefixes with these attributes. */
  public static byte[] announce(byte[] attributes, byte[]... nlri) {
    return update(new byte[0], attributes, join(nlri));
  }

  /** An UPDATE that announces one IPv4 host with these bytes as its AS_PATH. */
  public static byte[] announce(int host, int nextHop, int... asPath) {
    byte[] attributes =
        join(
            octets(0x40, 1, 1, 0, 0x40, 2, asPath.length),
            octets(asPath),
            octets(0x40, 3, 4),
            u32(nextHop),
            octets(0x40, 5, 4, 0, 0, 0, 100));
    return announce(attributes, host(host));
  }

  /** An UPDATE that withdraws these prefixes. */
  public static byte[] withdraw(byte[]... nlri) {
    return update(join(nlri), new byte[0], new byte[0]);
  }

  /** An UPDATE that withdraws one IPv4 host. */
  public static byte[] withdraw(int host) {
    return withdraw(host(host));
  }

  /** An IPv4 host as NLRI. */
  public static byte[] host(int address) {
    return join(octets(32), u32(address));
  }

  /** A prefix as NLRI, such as {@code 10.32.0.0/24}. */
  public static byte[] prefix(String text) {
    int slash = text.indexOf('/');
    int lengthBits = Integer.parseInt(text.substring(slash + 1));
    byte[] address = Octets.address(text.substring(0, slash));
    return join(octets(lengthBits), Arrays.copyOf(address, (lengthBits + 7) / 8));
  }

  /** The attribute LARGE_COMMUNITY (RFC 8092) with the endpoint that a node advertises. */
  public static byte[] endpoint(int address, int port) {
    return join(
        octets(0xc0, 32, 12), u32(OVERLAY_ASN), u32(ENDPOINT_FUNCTION << 16 | port), u32(address));
  }

  /** A NOTIFICATION without data. */
  public static byte[] notification(int code, int subcode) {
    return message(NOTIFICATION, code, subcode);
  }

  /** A ROUTE-REFRESH for IPv4 unicast (RFC 2918), with a subtype (RFC 7313). */
  public static byte[] refresh(int subtype) {
    return message(ROUTE_REFRESH, 0, 1, subtype, 1);
  }

  /** What an Established session lives through, beside announcements. */
  public static Map<String, byte[]> harmless() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("KEEPALIVE", keepalive());
    all.put("End-of-RIB", message(UPDATE, 0, 0, 0, 0));
    all.put("ROUTE-REFRESH", refresh(0));
    all.put("BoRR", refresh(1));
    all.put("EoRR", refresh(2));
    all.put("ROUTE-REFRESH of subtype 9", refresh(9));
    all.put("ROUTE-REFRESH of IPv6", message(ROUTE_REFRESH, 0, 2, 0, 1));
    return all;
  }

  /**
   * What ends an Established session, each in its own way.
   *
   * @param open an OPEN of the peer, which is one too many
   */
  public static Map<String, byte[]> enders(byte[] open) {
    byte[] badMarker = keepalive();
    badMarker[0] = 0;
    byte[] badLength = keepalive();
    badLength[17] = 18;
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("NOTIFICATION 6/2", notification(6, 2));
    all.put("NOTIFICATION 6/7", notification(6, 7));
    all.put("NOTIFICATION of one byte", message(NOTIFICATION, 6));
    all.put("unknown type", message(9));
    all.put("bad marker", badMarker);
    all.put("bad length", badLength);
    all.put("malformed UPDATE", message(UPDATE, 0xff, 0xff, 0, 0));
    all.put("second OPEN", open);
    all.put("ROUTE-REFRESH of five bytes", message(ROUTE_REFRESH, 0, 1, 0, 1, 0));
    return all;
  }
}

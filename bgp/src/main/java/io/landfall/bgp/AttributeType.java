package io.landfall.bgp;

import java.util.Optional;

/**
 * The path attributes that have a meaning here, with the flags each must have. Everything else is a
 * number: it is dropped unread.
 */
enum AttributeType {
  ORIGIN(1, 0x40),
  AS_PATH(2, 0x40),
  NEXT_HOP(3, 0x40),
  MULTI_EXIT_DISC(4, 0x80),
  LOCAL_PREF(5, 0x40),
  ATOMIC_AGGREGATE(6, 0x40),
  AGGREGATOR(7, 0xC0),
  COMMUNITIES(8, 0xC0),
  ORIGINATOR_ID(9, 0x80),
  CLUSTER_LIST(10, 0x80),
  MP_REACH_NLRI(14, 0x80),
  MP_UNREACH_NLRI(15, 0x80),
  EXTENDED_COMMUNITIES(16, 0xC0),
  AS4_PATH(17, 0xC0),
  AS4_AGGREGATOR(18, 0xC0),
  LARGE_COMMUNITIES(32, 0xC0),
  ONLY_TO_CUSTOMER(35, 0xC0);

  static final int OPTIONAL = 0x80;
  static final int TRANSITIVE = 0x40;
  static final int EXTENDED_LENGTH = 0x10;

  private static final AttributeType[] BY_CODE = new AttributeType[256];

  static {
    for (AttributeType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final int flags;

  AttributeType(int code, int flags) {
    this.code = code;
    this.flags = flags;
  }

  int code() {
    return code;
  }

  int flags() {
    return flags;
  }

  /**
   * Whether these flags are the type's own. Only Optional and Transitive count: Partial, and the
   * unused low bits, are ignored as RFC 7606 section 3.c and RFC 4271 section 4.3 say.
   */
  boolean hasFlags(int received) {
    return (received & (OPTIONAL | TRANSITIVE)) == flags;
  }

  static Optional<AttributeType> of(int code) {
    return Optional.ofNullable(BY_CODE[code]);
  }

  /**
   * The number of the first attribute that a text of ours names, 0 when it names none. For counting
   * errors, whose details name the attribute that they are about.
   */
  static int namedIn(String detail) {
    int first = Integer.MAX_VALUE;
    int found = 0;
    for (AttributeType type : values()) {
      int at = detail.indexOf(type.name());
      // Some names end like another: the longer one begins earlier.
      if (at >= 0 && at < first) {
        first = at;
        found = type.code;
      }
    }
    return found;
  }

  /** A name for people of any attribute number, such as {@code PREFIX_SID (40)}. */
  static String nameOf(int code) {
    String name =
        switch (code) {
          case 20 -> "CONNECTOR";
          case 22 -> "PMSI_TUNNEL";
          case 23 -> "TUNNEL_ENCAPSULATION";
          case 24 -> "TRAFFIC_ENGINEERING";
          case 25 -> "IPV6_EXTENDED_COMMUNITIES";
          case 26 -> "AIGP";
          case 28 -> "ENTROPY_LABEL";
          case 29 -> "BGP_LS";
          case 33 -> "BGPSEC_PATH";
          case 39 -> "NEXT_HOP_CHARACTERISTICS";
          case 40 -> "PREFIX_SID";
          case 128 -> "ATTR_SET";
          case 255 -> "RESERVED";
          default -> BY_CODE[code] == null ? "attribute" : BY_CODE[code].name();
        };
    return name + " (" + code + ")";
  }
}

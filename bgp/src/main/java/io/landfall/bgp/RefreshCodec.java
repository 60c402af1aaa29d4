package io.landfall.bgp;

import java.util.Arrays;

/** ROUTE-REFRESH (RFC 2918) with the subtypes of RFC 7313. */
final class RefreshCodec {
  static final int NORMAL = 0;
  static final int BEGIN = 1;
  static final int END = 2;

  private static final int BODY_BYTES = 4;

  /** What the bytes of a ROUTE-REFRESH are. */
  sealed interface Decoded {
    /** A family that is supported here, and a subtype that is known. */
    record Good(Family family, int subtype) implements Decoded {}

    /** Another family, or a subtype that RFC 7313 section 4 says to ignore. */
    record Ignored() implements Decoded {}

    /** A length that ends the session. */
    record Bad(BgpError error) implements Decoded {}
  }

  private RefreshCodec() {}

  static byte[] encode(Family family, int subtype) {
    byte[] message = MessageType.ROUTE_REFRESH.frame(MessageType.HEADER_BYTES + BODY_BYTES);
    Wire.putU16(message, 19, family.afi());
    message[21] = (byte) subtype;
    message[22] = (byte) family.safi();
    return message;
  }

  /**
   * Reads a body.
   *
   * @param enhanced whether both sides support RFC 7313; without it the subtype is a reserved byte
   */
  static Decoded decode(byte[] bytes, int from, int to, boolean enhanced) {
    if (to - from != BODY_BYTES) {
      return new Decoded.Bad(badLength(bytes, from, to, enhanced));
    }
    int subtype = enhanced ? Wire.u8(bytes, from + 2) : NORMAL;
    if (subtype > END) {
      return new Decoded.Ignored();
    }
    return OpenCodec.family(Wire.u16(bytes, from), Wire.u8(bytes, from + 3))
        .<Decoded>map(family -> new Decoded.Good(family, subtype))
        .orElseGet(Decoded.Ignored::new);
  }

  /** RFC 7313 section 5 gives this error a code; before it, it is a length like any other. */
  private static BgpError badLength(byte[] bytes, int from, int to, boolean enhanced) {
    String detail = to - from + " bytes where 4 are expected";
    if (enhanced) {
      byte[] message = Arrays.copyOfRange(bytes, from - MessageType.HEADER_BYTES, to);
      // The NOTIFICATION itself must stay within 4096 bytes.
      byte[] data = Arrays.copyOf(message, Math.min(message.length, MessageType.MAX_BYTES - 21));
      return new BgpError(
          NotificationCodes.ROUTE_REFRESH, NotificationCodes.INVALID_REFRESH_LENGTH, data, detail);
    }
    byte[] data = new byte[2];
    Wire.putU16(data, 0, to - from + MessageType.HEADER_BYTES);
    return new BgpError(
        NotificationCodes.MESSAGE_HEADER, NotificationCodes.BAD_LENGTH, data, detail);
  }
}

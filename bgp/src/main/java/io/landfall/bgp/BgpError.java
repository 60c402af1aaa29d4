package io.landfall.bgp;

/**
 * An error that ends a session, exactly as its NOTIFICATION carries it.
 *
 * @param code the error code
 * @param subcode the error subcode
 * @param data the NOTIFICATION's data field
 * @param detail for people: what was wrong, without the RFC's name of the error
 */
record BgpError(int code, int subcode, byte[] data, String detail) {
  private static final byte[] NO_DATA = {};

  BgpError(int code, int subcode, String detail) {
    this(code, subcode, NO_DATA, detail);
  }

  /** The RFC's name of the error, then the detail. */
  String text() {
    String name = NotificationCodes.name(code, subcode);
    return detail.isEmpty() ? name : name + ": " + detail;
  }

  byte[] toMessage() {
    return NotificationCodec.encode(code, subcode, data);
  }
}

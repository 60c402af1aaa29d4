package io.landfall.bgp;

/** A Cease for a stream that never gets a session: what its owner writes before it closes it. */
public final class CeaseMessage {
  /**
   * RFC 4486: the connection is not wanted; for a duplicate, and for who may not have a session.
   */
  public static final int CONNECTION_REJECTED = NotificationCodes.CONNECTION_REJECTED;

  /** RFC 4486: the session ends, and its end does not mean to begin it again. */
  public static final int ADMINISTRATIVE_SHUTDOWN = NotificationCodes.ADMIN_SHUTDOWN;

  /** RFC 4486: the session ends to begin anew. */
  public static final int ADMINISTRATIVE_RESET = NotificationCodes.ADMIN_RESET;

  private CeaseMessage() {}

  /**
   * A whole NOTIFICATION message with code 6.
   *
   * @param subcode RFC 4486, such as {@link #CONNECTION_REJECTED}
   * @param text for the other side's operator (RFC 9003); beyond 255 bytes of UTF-8 it is cut
   */
  public static byte[] of(int subcode, String text) {
    return NotificationCodec.cease(subcode, text).toMessage();
  }
}

package io.landfall.bgp;

import java.util.Optional;

/** The message types of RFC 4271 section 4.1 and RFC 2918, with the lengths each may have. */
public enum MessageType {
  /** RFC 4271 section 4.2. */
  OPEN(1, 29, false),
  /** RFC 4271 section 4.3. */
  UPDATE(2, 23, true),
  /** RFC 4271 section 4.5. */
  NOTIFICATION(3, 21, true),
  /** RFC 4271 section 4.4. */
  KEEPALIVE(4, 19, false),
  /** RFC 2918; its length has an error code of its own (RFC 7313 section 5). */
  ROUTE_REFRESH(5, 19, true);

  /** The length of the header that every message has. */
  static final int HEADER_BYTES = 19;

  /** The longest message without RFC 8654. */
  static final int MAX_BYTES = 4096;

  /** The longest message with RFC 8654. */
  static final int MAX_EXTENDED_BYTES = 65535;

  private static final MessageType[] ALL = values();

  private final int code;
  private final int minBytes;
  private final boolean extendable;

  MessageType(int code, int minBytes, boolean extendable) {
    this.code = code;
    this.minBytes = minBytes;
    this.extendable = extendable;
  }

  /** The type's number on the wire. */
  public int code() {
    return code;
  }

  static Optional<MessageType> of(int code) {
    return code >= 1 && code <= ALL.length ? Optional.of(ALL[code - 1]) : Optional.empty();
  }

  /** Whether a message of this type may have this length, header included. */
  boolean allows(int lengthBytes, int negotiatedMaxBytes) {
    if (this == KEEPALIVE) {
      return lengthBytes == HEADER_BYTES;
    }
    return lengthBytes >= minBytes && lengthBytes <= (extendable ? negotiatedMaxBytes : MAX_BYTES);
  }

  /** An empty message of this type and length: marker, length and type filled in. */
  byte[] frame(int lengthBytes) {
    byte[] message = new byte[lengthBytes];
    putHeader(message, 0, lengthBytes);
    return message;
  }

  void putHeader(byte[] into, int at, int lengthBytes) {
    for (int i = 0; i < 16; i++) {
      into[at + i] = (byte) 0xff;
    }
    Wire.putU16(into, at + 16, lengthBytes);
    into[at + 18] = (byte) code;
  }
}

package io.landfall.bgp;

import io.landfall.core.InvariantBroken;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a byte stream into messages (RFC 4271 sections 4.1 and 6.1).
 *
 * <p>A message is handed out as a range of an array, not a copy. What arrives whole is read where
 * it lies; only the tail of an incomplete message is ever moved, into an array that grows by
 * doubling, so a peer that sends one byte at a time costs a constant per byte. At most one
 * incomplete message (64 KiB) is held beside what the last {@link #feed} brought.
 *
 * <p>The marker is checked as its bytes arrive: something that is not BGP is refused at its first
 * byte and not after nineteen.
 */
final class MessageReader {
  /** What {@link #poll} found. */
  enum Poll {
    /** No whole message is there. */
    NEED_MORE,
    /**
     * A message is there: see {@link #type}, {@link #array}, {@link #bodyFrom}, {@link #bodyTo}.
     */
    MESSAGE,
    /** The stream is broken for good: see {@link #error}. */
    ERROR
  }

  private static final byte[] NOTHING = {};

  private byte[] array = NOTHING;
  private int start;
  private int end;
  private int maxBytes = MessageType.MAX_BYTES;

  private MessageType type = MessageType.KEEPALIVE;
  private int bodyFrom;
  private int bodyTo;
  private @Nullable BgpError error;

  /** Allows messages up to this length from now on (RFC 8654). */
  void allow(int negotiatedMaxBytes) {
    maxBytes = negotiatedMaxBytes;
  }

  /** Takes bytes, and the array with them. */
  void feed(byte[] bytes) {
    int held = end - start;
    if (held == 0) {
      array = bytes;
      start = 0;
      end = bytes.length;
      return;
    }
    if (array.length - end < bytes.length) {
      byte[] larger = new byte[Math.max(2 * held, held + bytes.length)];
      System.arraycopy(array, start, larger, 0, held);
      array = larger;
      start = 0;
      end = held;
    }
    System.arraycopy(bytes, 0, array, end, bytes.length);
    end += bytes.length;
  }

  /** Finds the next message; what an earlier poll handed out is no longer valid. */
  Poll poll() {
    if (error != null) {
      return Poll.ERROR;
    }
    int held = end - start;
    for (int i = Math.min(held, 16) - 1; i >= 0; i--) {
      if (array[start + i] != (byte) 0xff) {
        return fail(NotificationCodes.NOT_SYNCHRONIZED, new byte[0], "the marker is not all ones");
      }
    }
    if (held < MessageType.HEADER_BYTES) {
      return Poll.NEED_MORE;
    }
    int length = Wire.u16(array, start + 16);
    int code = Wire.u8(array, start + 18);
    if (length < MessageType.HEADER_BYTES || length > maxBytes) {
      return badLength(length);
    }
    MessageType found = MessageType.of(code).orElse(null);
    if (found == null) {
      return fail(NotificationCodes.BAD_TYPE, new byte[] {(byte) code}, "message type " + code);
    }
    if (!found.allows(length, maxBytes)) {
      return badLength(length);
    }
    if (held < length) {
      return Poll.NEED_MORE;
    }
    type = found;
    bodyFrom = start + MessageType.HEADER_BYTES;
    bodyTo = start + length;
    start += length;
    return Poll.MESSAGE;
  }

  private Poll badLength(int length) {
    byte[] data = new byte[2];
    Wire.putU16(data, 0, length);
    return fail(NotificationCodes.BAD_LENGTH, data, "length " + length);
  }

  private Poll fail(int subcode, byte[] data, String detail) {
    error = new BgpError(NotificationCodes.MESSAGE_HEADER, subcode, data, detail);
    array = NOTHING;
    start = 0;
    end = 0;
    return Poll.ERROR;
  }

  MessageType type() {
    return type;
  }

  byte[] array() {
    return array;
  }

  int bodyFrom() {
    return bodyFrom;
  }

  int bodyTo() {
    return bodyTo;
  }

  /** A copy of the whole message that was found last, header included. */
  byte[] message() {
    return Arrays.copyOfRange(array, bodyFrom - MessageType.HEADER_BYTES, bodyTo);
  }

  BgpError error() {
    BgpError found = error;
    if (found == null) {
      throw new InvariantBroken("only a broken stream has an error");
    }
    return found;
  }
}

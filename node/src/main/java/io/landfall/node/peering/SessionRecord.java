package io.landfall.node.peering;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What another process would need of the bytes of one BGP connection: both OPENs, and the beginning
 * of a message that has not wholly come. Bounded by one message and what one read brings.
 */
final class SessionRecord {
  private static final byte[] NONE = {};

  /** A BGP header: marker, length, type (RFC 4271 section 4.1). */
  private static final int HEADER_BYTES = 19;

  private static final int LENGTH_AT = 16;

  private byte[] sentOpen = NONE;
  private byte[] receivedOpen = NONE;
  private byte[] unread = NONE;

  /** These bytes are written. */
  void sent(byte[] bytes) {
    if (sentOpen.length == 0) {
      sentOpen = Arrays.copyOf(bytes, Math.min(bytes.length, lengthOf(bytes, 0)));
    }
  }

  /** These bytes came. */
  void received(byte[] bytes) {
    byte[] all = unread.length == 0 ? bytes : join(unread, bytes);
    int at = 0;
    while (all.length - at >= HEADER_BYTES && all.length - at >= lengthOf(all, at)) {
      int end = at + lengthOf(all, at);
      if (receivedOpen.length == 0) {
        receivedOpen = Arrays.copyOfRange(all, at, end);
      }
      at = end;
    }
    // Once, however many messages came in one read: a full table comes here too.
    unread = at == all.length ? NONE : Arrays.copyOfRange(all, at, all.length);
  }

  /** The length that the header of a message names; a wrong one ends the session anyway. */
  private static int lengthOf(byte[] messages, int at) {
    int length =
        messages.length - at < HEADER_BYTES
            ? HEADER_BYTES
            : Short.toUnsignedInt(ByteBuffer.wrap(messages).getShort(at + LENGTH_AT));
    return Math.max(HEADER_BYTES, length);
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  /** What another process needs to go on. */
  PassedSession passed(String upstream, List<String> announced) {
    return new PassedSession(upstream, sentOpen, receivedOpen, unread, announced);
  }
}

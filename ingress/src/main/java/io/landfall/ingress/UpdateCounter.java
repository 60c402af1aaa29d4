package io.landfall.ingress;

import io.landfall.bgp.SessionEffect;
import java.util.List;

/**
 * Counts UPDATE messages in the bytes that a session writes, by RFC 4271 section 4.1 framing: what
 * is shown as sent is what left, not what was meant to.
 */
final class UpdateCounter {
  private static final int HEADER_BYTES = 19;
  private static final int LENGTH_AT = 16;
  private static final int TYPE_AT = 18;
  private static final int UPDATE = 2;

  private UpdateCounter() {}

  static long updatesIn(List<SessionEffect.Write<AnycastPrefix>> writes) {
    long updates = 0;
    for (SessionEffect.Write<AnycastPrefix> write : writes) {
      updates += updatesIn(write.bytes());
    }
    return updates;
  }

  private static long updatesIn(byte[] bytes) {
    long updates = 0;
    int at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      int length = (bytes[at + LENGTH_AT] & 0xff) << 8 | (bytes[at + LENGTH_AT + 1] & 0xff);
      if (length < HEADER_BYTES) {
        break;
      }
      updates += bytes[at + TYPE_AT] == UPDATE ? 1 : 0;
      at += length;
    }
    return updates;
  }
}

package io.landfall.trust;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * As much of DER (ITU-T X.690) as it takes to look into an extension where the JDK hands out less
 * than the bytes have: tags of one byte, definite lengths of at most three.
 */
final class Der {
  private static final int LONG_FORM = 0x80;
  private static final int MAX_LENGTH_BYTES = 3;
  private static final int OCTET_STRING = 0x04;

  private Der() {}

  /**
   * One value.
   *
   * @param tag its tag byte
   * @param content what lies in it
   */
  record Value(int tag, byte[] content) {}

  /** The values that lie one after another in these bytes; empty when the bytes are not that. */
  static Optional<List<Value>> items(byte[] bytes) {
    List<Value> items = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      if (bytes.length - at < 2) {
        return Optional.empty();
      }
      int tag = bytes[at++] & 0xff;
      int length = bytes[at++] & 0xff;
      if (length >= LONG_FORM) {
        int count = length - LONG_FORM;
        if (count == 0 || count > MAX_LENGTH_BYTES || bytes.length - at < count) {
          return Optional.empty();
        }
        length = 0;
        for (int i = 0; i < count; i++) {
          length = (length << 8) | (bytes[at++] & 0xff);
        }
      }
      if (length > bytes.length - at) {
        return Optional.empty();
      }
      items.add(new Value(tag, Arrays.copyOfRange(bytes, at, at + length)));
      at += length;
    }
    return Optional.of(items);
  }

  /** The DER value of an extension, without the octet string around it; empty when not there. */
  static Optional<byte[]> extensionBytes(X509Certificate certificate, String oid) {
    byte[] wrapped = certificate.getExtensionValue(oid);
    if (wrapped == null) {
      return Optional.empty();
    }
    return items(wrapped)
        .filter(outer -> outer.size() == 1 && outer.getFirst().tag() == OCTET_STRING)
        .map(outer -> outer.getFirst().content());
  }

  /** The one value of an extension; empty when the extension is not there or is not one value. */
  static Optional<Value> extension(X509Certificate certificate, String oid) {
    return extensionBytes(certificate, oid)
        .flatMap(Der::items)
        .filter(inner -> inner.size() == 1)
        .map(List::getFirst);
  }
}

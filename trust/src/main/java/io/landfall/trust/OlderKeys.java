package io.landfall.trust;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;

/**
 * Private keys in the forms from before PKCS#8, which step-ca, Vault and older OpenSSL write: put
 * into a PKCS#8 envelope (RFC 5208 section 5), which the JDK reads.
 */
final class OlderKeys {
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;

  /** The curve in an EC PRIVATE KEY (RFC 5915 section 3). */
  private static final int PARAMETERS = 0xa0;

  private static final byte[] VERSION_0 = {INTEGER, 1, 0};
  private static final byte[] VERSION_1 = {INTEGER, 1, 1};

  /** 1.2.840.10045.2.1, id-ecPublicKey (RFC 5480 section 2.1.1). */
  private static final byte[] EC = {
    OBJECT_IDENTIFIER, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };

  /** 1.2.840.113549.1.1.1, rsaEncryption with its NULL (RFC 8017 appendix C). */
  private static final byte[] RSA = {
    OBJECT_IDENTIFIER, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** The longest length that takes one byte. */
  private static final int SHORT_LENGTH = 0x7f;

  /** Added to how many bytes a longer length takes. */
  private static final int LONG_LENGTH = 0x80;

  private OlderKeys() {}

  /**
   * The PKCS#8 form of a key.
   *
   * @param label the label of its PEM block
   * @return empty when the block is encrypted, of no known kind, or not what its label has
   */
  static Optional<byte[]> pkcs8(String label, byte[] der) {
    return switch (label) {
      case "PRIVATE KEY" -> Optional.of(der);
      case "RSA PRIVATE KEY" -> Optional.of(envelope(RSA, der));
      case "EC PRIVATE KEY" -> ofCurve(der);
      default -> Optional.empty();
    };
  }

  private static Optional<byte[]> ofCurve(byte[] der) {
    Optional<List<Der.Value>> fields =
        Der.items(der)
            .filter(outer -> outer.size() == 1 && outer.getFirst().tag() == SEQUENCE)
            .flatMap(outer -> Der.items(outer.getFirst().content()));
    if (fields.isEmpty() || fields.get().size() < 2 || fields.get().get(1).tag() != OCTET_STRING) {
      return Optional.empty();
    }
    Optional<byte[]> curve =
        fields.get().stream()
            .filter(field -> field.tag() == PARAMETERS)
            .map(Der.Value::content)
            .findFirst();
    // Only the number goes on: the curve stands in the envelope, and the JDK wants it once.
    byte[] number = value(OCTET_STRING, fields.get().get(1).content());
    return curve.map(oid -> envelope(join(EC, oid), value(SEQUENCE, join(VERSION_1, number))));
  }

  private static byte[] envelope(byte[] algorithm, byte[] key) {
    return value(SEQUENCE, join(VERSION_0, value(SEQUENCE, algorithm), value(OCTET_STRING, key)));
  }

  /** One value in DER, with the shortest form of its length (X.690 section 10.1). */
  private static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length <= SHORT_LENGTH) {
      out.write(length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
      out.write(LONG_LENGTH | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}

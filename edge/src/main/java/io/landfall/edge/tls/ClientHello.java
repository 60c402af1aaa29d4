package io.landfall.edge.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.landfall.edge.TlsContexts.KeyKind;
import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * What is read of a ClientHello before TLS reads it (RFC 8446 section 4.1.2). A malformed one is
 * read as far as it goes: TLS finds what is wrong with it.
 */
final class ClientHello {
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int ALPN = 16;
  private static final int SUPPORTED_VERSIONS = 43;

  /** legacy_version and random. */
  private static final int FIXED_BYTES = 34;

  /** The type and the length of an extension. */
  private static final int EXTENSION_HEAD_BYTES = 4;

  private static final int TLS_1_3 = 0x0304;

  /** ECDHE_ECDSA with AES-128-GCM, AES-256-GCM and ChaCha20-Poly1305 (RFC 5289, RFC 7905). */
  private static final Set<Integer> EC_SUITES = Set.of(0xc02b, 0xc02c, 0xcca9);

  private static final int ECDSA_P256_SHA256 = 0x0403;
  private static final int ECDSA_P384_SHA384 = 0x0503;

  /** RSA with PSS and a plain key, SHA-256, SHA-384 and SHA-512. */
  private static final Set<Integer> RSA_PSS = Set.of(0x0804, 0x0805, 0x0806);

  private final ByteBuf bytes;
  private final int end;
  private final int suites;
  private final int extensions;

  /**
   * Reads nothing yet.
   *
   * @param bytes from legacy_version on; only read while this is used
   */
  ClientHello(ByteBuf bytes) {
    this.bytes = bytes;
    this.end = bytes.writerIndex();
    this.suites = behind(bytes.readerIndex() + FIXED_BYTES, 1);
    this.extensions = behind(behind(suites, 2), 1) + 2;
  }

  /** Whether protocols are offered (RFC 7301), and none of these. */
  boolean offersOthersOnly(List<String> spoken) {
    int at = extension(ALPN) + 2;
    int after = extensionEnd(ALPN);
    boolean others = false;
    while (at < after) {
      int name = at + 1;
      at = name + bytes.getUnsignedByte(at);
      if (at > after || spoken.contains(bytes.toString(name, at - name, US_ASCII))) {
        // One of ours; or it is malformed, which TLS finds.
        return false;
      }
      others = true;
    }
    return others;
  }

  /** The keys whose signatures the client can verify, in the version of TLS that it gets. */
  Set<KeyKind> verifies() {
    Set<KeyKind> kinds = EnumSet.noneOf(KeyKind.class);
    boolean newest =
        offersTls13(extension(SUPPORTED_VERSIONS) + 1, extensionEnd(SUPPORTED_VERSIONS));
    int from = extension(SIGNATURE_ALGORITHMS) + 2;
    int to = extensionEnd(SIGNATURE_ALGORITHMS);
    if (newest || any(suites + 2, Math.min(end, behind(suites, 2)), EC_SUITES::contains)) {
      if (any(from, to, scheme -> scheme == ECDSA_P256_SHA256)) {
        kinds.add(KeyKind.EC_P256);
      }
      if (any(from, to, scheme -> scheme == ECDSA_P384_SHA384)) {
        kinds.add(KeyKind.EC_P384);
      }
    }
    // TLS 1.2 has the older RSA too, which every client of it knows.
    if (!newest || any(from, to, RSA_PSS::contains)) {
      kinds.add(KeyKind.RSA);
    }
    return kinds;
  }

  private boolean offersTls13(int from, int to) {
    return any(from, to, version -> version == TLS_1_3);
  }

  /** Whether one of the numbers of two octets is such a one. */
  private boolean any(int from, int to, IntPredicate wanted) {
    for (int at = from; at + 2 <= to; at += 2) {
      if (wanted.test(bytes.getUnsignedShort(at))) {
        return true;
      }
    }
    return false;
  }

  /** Where the data of an extension begins; the end of all if there is no such extension. */
  private int extension(int type) {
    int at = extensions;
    while (at + EXTENSION_HEAD_BYTES <= end) {
      if (bytes.getUnsignedShort(at) == type) {
        return at + EXTENSION_HEAD_BYTES;
      }
      at += EXTENSION_HEAD_BYTES + bytes.getUnsignedShort(at + 2);
    }
    return end;
  }

  private int extensionEnd(int type) {
    int data = extension(type);
    return data == end ? end : Math.min(end, data + bytes.getUnsignedShort(data - 2));
  }

  /** Behind a vector whose length takes one octet or two. */
  private int behind(int at, int lengthBytes) {
    if (at + lengthBytes > end) {
      return end;
    }
    int length = lengthBytes == 1 ? bytes.getUnsignedByte(at) : bytes.getUnsignedShort(at);
    return at + lengthBytes + length;
  }
}

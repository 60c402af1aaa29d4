package io.landfall.acme;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * As much of DER (ITU-T X.690) as a request for a certificate and a certificate of our own have to
 * be written with. The JDK writes neither.
 */
final class DerBytes {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OID = 0x06;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int UTC_TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;

  private static final int SHORT_FORM = 0x80;
  private static final int BYTE_BITS = 8;
  private static final int ARC_BITS = 7;
  private static final int ARC_MASK = 0x7f;

  /** The first two arcs share a number. */
  private static final int FIRST_ARC = 40;

  /** UTCTime ends there (RFC 5280 section 4.1.2.5). */
  private static final int FIRST_GENERALIZED_YEAR = 2050;

  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter GENERALIZED =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private DerBytes() {}

  /** A value with a tag of one byte. */
  static byte[] value(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length < SHORT_FORM) {
      out.write(length);
    } else {
      int count = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + BYTE_BITS - 1) / BYTE_BITS;
      out.write(SHORT_FORM | count);
      for (int i = count - 1; i >= 0; i--) {
        out.write(length >>> (i * BYTE_BITS));
      }
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, parts);
  }

  static byte[] set(byte[] only) {
    return value(SEQUENCE | 1, only);
  }

  /** A value with a tag of the context, around others. */
  static byte[] context(int number, byte[]... parts) {
    return value(CONTEXT | CONSTRUCTED | number, parts);
  }

  /** A text with a tag of the context in place of its own. */
  static byte[] contextText(int number, String ascii) {
    return value(CONTEXT | number, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] isTrue() {
    return value(BOOLEAN, new byte[] {(byte) 0xff});
  }

  /**
   * An integer.
   *
   * @param twosComplement big-endian, as short as it can be
   */
  static byte[] integer(byte[] twosComplement) {
    return value(INTEGER, twosComplement);
  }

  /** A bit string of whole octets. */
  static byte[] bits(byte[] octets) {
    return value(BIT_STRING, new byte[1], octets);
  }

  static byte[] octets(byte[] octets) {
    return value(OCTET_STRING, octets);
  }

  static byte[] oid(int... arcs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    arc(out, FIRST_ARC * arcs[0] + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      arc(out, arcs[i]);
    }
    return value(OID, out.toByteArray());
  }

  private static void arc(ByteArrayOutputStream out, int arc) {
    int groups = Math.max(1, (Integer.SIZE - Integer.numberOfLeadingZeros(arc) + 6) / ARC_BITS);
    for (int i = groups - 1; i >= 0; i--) {
      out.write(((arc >>> (i * ARC_BITS)) & ARC_MASK) | (i > 0 ? SHORT_FORM : 0));
    }
  }

  static byte[] time(Instant at) {
    boolean later = at.atZone(ZoneOffset.UTC).getYear() >= FIRST_GENERALIZED_YEAR;
    return value(
        later ? GENERALIZED_TIME : UTC_TIME,
        (later ? GENERALIZED : UTC).format(at).getBytes(StandardCharsets.US_ASCII));
  }
}

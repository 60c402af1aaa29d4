package io.landfall.edge.access;

/**
 * One record as bytes, in memory that is used again: numbers, and texts of octets. It is read in
 * the order in which it was written.
 */
public final class RecordBytes {
  /** The most bytes of a record; who writes one keeps to it. */
  public static final int SIZE = 12 * 1024;

  private static final int OCTET = 0xff;
  private static final int BITS = 8;

  private final byte[] bytes;
  private int at;

  /** Room for one, with nothing in it. */
  public RecordBytes() {
    this(new byte[SIZE]);
  }

  /** One that was written, to be read. */
  public RecordBytes(byte[] written) {
    this.bytes = written;
  }

  /** Begins anew. */
  public void clear() {
    at = 0;
  }

  /** What was written, to be read before it is cleared. */
  public RecordBytes written() {
    return new RecordBytes(bytes);
  }

  /** How many bytes were written. */
  int length() {
    return at;
  }

  /** Where they stand. */
  byte[] array() {
    return bytes;
  }

  /** Writes a number. */
  public RecordBytes number(long value) {
    for (int shift = Long.SIZE - BITS; shift >= 0; shift -= BITS) {
      bytes[at++] = (byte) (value >>> shift);
    }
    return this;
  }

  /** Writes a text, cut at so many characters; of a wider character the low byte. */
  public RecordBytes text(CharSequence text, int most) {
    int length = Math.min(text.length(), most);
    bytes[at++] = (byte) (length >>> BITS);
    bytes[at++] = (byte) length;
    for (int i = 0; i < length; i++) {
      bytes[at++] = (byte) text.charAt(i);
    }
    return this;
  }

  /** Reads a number. */
  public long number() {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << BITS) | (bytes[at++] & OCTET);
    }
    return value;
  }

  /** Reads a text. */
  @SuppressWarnings("deprecation") // Copies without a decoder, as it was written.
  public String text() {
    int length = ((bytes[at++] & OCTET) << BITS) | (bytes[at++] & OCTET);
    String text = new String(bytes, 0, at, length);
    at += length;
    return text;
  }
}

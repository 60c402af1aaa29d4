package io.landfall.cache;

import java.util.Optional;

/**
 * Which part of a whole a 206 response has (RFC 9110 section 14.4); of one whose length is known.
 *
 * @param first the first byte
 * @param last the last byte, inclusive
 * @param length the length of the whole
 */
public record ContentRange(long first, long last, long length) {
  /** Of a response with one part; empty if it has several, no such field, or a broken one. */
  public static Optional<ContentRange> of(FieldSection fields) {
    CharSequence value = CacheFields.only(fields, CacheFields.CONTENT_RANGE);
    CharSequence type = CacheFields.first(fields, CacheFields.CONTENT_TYPE);
    boolean multipart = type != null && AsciiText.startsWith(type, "multipart/byteranges");
    return value == null || multipart ? Optional.empty() : of(value);
  }

  /** Reads {@code bytes FIRST-LAST/LENGTH}. */
  static Optional<ContentRange> of(CharSequence value) {
    int end = value.length();
    int slash = indexOf(value, '/');
    int dash = indexOf(value, '-');
    if (!AsciiText.startsWith(value, "bytes ") || dash > slash) {
      return Optional.empty();
    }
    long first = ByteRanges.number(value, "bytes ".length(), dash);
    long last = ByteRanges.number(value, dash + 1, slash);
    long length = ByteRanges.number(value, slash + 1, end);
    boolean valid = first >= 0 && last >= first && length > last;
    return valid ? Optional.of(new ContentRange(first, last, length)) : Optional.empty();
  }

  private static int indexOf(CharSequence text, char c) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == c) {
        return i;
      }
    }
    return text.length();
  }

  /** How many bytes the part has. */
  public long bytes() {
    return last - first + 1;
  }

  /** The value of Content-Range. */
  public String text() {
    return "bytes " + first + "-" + last + "/" + length;
  }

  /** The value of Content-Range of a 416 response (RFC 9110 section 15.5.17). */
  public static String unsatisfied(long length) {
    return "bytes */" + length;
  }
}

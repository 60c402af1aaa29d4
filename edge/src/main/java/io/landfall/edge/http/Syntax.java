package io.landfall.edge.http;

import io.netty.util.AsciiString;

/** The character classes of RFC 9110 section 5.6 and RFC 3986, as tables. */
public final class Syntax {
  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte HOST = 8;
  private static final byte QUERY = 16;
  private static final byte[] CLASS = new byte[256];

  static {
    for (int c = 0x21; c < 0x7f; c++) {
      CLASS[c] |= VALUE | TARGET;
    }
    for (int c = 0x80; c < 0x100; c++) {
      CLASS[c] |= VALUE;
    }
    CLASS[' '] |= VALUE;
    CLASS['\t'] |= VALUE;
    // RFC 3986 allows none of these in a URI; servers disagree on what they mean.
    for (char c : "\"<>\\^`{|}#".toCharArray()) {
      CLASS[c] &= ~TARGET;
    }
    // Yet browsers send some of them unescaped in queries, and they separate nothing in HTTP.
    for (char c : "\"^`{|}".toCharArray()) {
      CLASS[c] |= TARGET;
    }
    for (char c : "<>\\".toCharArray()) {
      CLASS[c] |= QUERY;
    }
    for (char c = '0'; c <= '9'; c++) {
      CLASS[c] |= TOKEN | HOST;
    }
    for (char c = 'a'; c <= 'z'; c++) {
      CLASS[c] |= TOKEN | HOST;
      CLASS[c - 32] |= TOKEN | HOST;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      CLASS[c] |= TOKEN;
    }
    for (char c : "-._".toCharArray()) {
      CLASS[c] |= HOST;
    }
  }

  private Syntax() {}

  /** tchar of RFC 9110 section 5.6.2. */
  public static boolean isToken(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  /** What may stand in a field value: field-vchar, space and tab (RFC 9110 section 5.5). */
  public static boolean isValue(byte b) {
    return (CLASS[b & 0xff] & VALUE) != 0;
  }

  /**
   * Where a request target ends that begins at an index: at the first byte that may not stand in
   * it. It is visible ASCII without fragment and delimiters; browsers leave {@code \}, {@code <}
   * and {@code >} as they are in a query, where they separate nothing.
   */
  public static int targetEnd(byte[] bytes, int from) {
    int may = TARGET;
    int at = from;
    while (at < bytes.length && (CLASS[bytes[at] & 0xff] & may) != 0) {
      if (bytes[at] == '?') {
        may = TARGET | QUERY;
      }
      at++;
    }
    return at;
  }

  /** What may stand in a host name that somebody really has: letters, digits, "-", ".", "_". */
  static boolean isHost(byte b) {
    return (CLASS[b & 0xff] & HOST) != 0;
  }

  /** Whether it is a token (RFC 9110 section 5.6.2), of one byte at least. */
  public static boolean isToken(AsciiString text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isToken(text.byteAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether it may stand as a field value: no control byte but HTAB. */
  public static boolean isValue(AsciiString text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isValue(text.byteAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** An ASCII letter in lower case; any other byte as it is. */
  public static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  /**
   * A Content-Length of RFC 9110 section 8.6, read so that no two parsers can differ: digits only,
   * no sign, no list, no leading zero, at most 18 digits.
   *
   * @return the length, or -1 if it is not one
   */
  public static long contentLength(AsciiString text) {
    return text.length() > 1 && text.byteAt(0) == '0' ? -1 : number(text);
  }

  /**
   * A number where leading zeros are allowed, as in Max-Forwards (RFC 9110 section 7.6.2): digits
   * only, at most 18.
   *
   * @return the number, or -1 if it is not one
   */
  public static long number(AsciiString text) {
    int length = text.length();
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      byte b = text.byteAt(i);
      if (b < '0' || b > '9') {
        return -1;
      }
      value = value * 10 + (b - '0');
    }
    return value;
  }
}

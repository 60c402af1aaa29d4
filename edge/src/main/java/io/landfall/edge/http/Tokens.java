package io.landfall.edge.http;

import io.netty.util.AsciiString;

/** Comma-separated lists (RFC 9110 section 5.6.1), walked without copying. */
public final class Tokens {
  private Tokens() {}

  /** Whether a member, cut at its parameters, equals a token; case does not matter. */
  public static boolean contains(AsciiString list, CharSequence token) {
    int at = 0;
    int length = list.length();
    while (at < length) {
      int end = memberEnd(list, at);
      int from = behindSpace(list, at, end);
      int to = from;
      while (to < end && list.byteAt(to) != ';' && !isSpace(list.byteAt(to))) {
        to++;
      }
      if (to - from == token.length()
          && AsciiString.regionMatchesAscii(list, true, from, token, 0, token.length())) {
        return true;
      }
      at = end + 1;
    }
    return false;
  }

  /** Whether no member is anything else than that token; empty ones are none. */
  static boolean hasOnly(AsciiString list, CharSequence token) {
    boolean only = true;
    int end;
    for (int at = 0; at < list.length() && only; at = end + 1) {
      end = memberEnd(list, at);
      int from = behindSpace(list, at, end);
      int to = end;
      while (to > from && isSpace(list.byteAt(to - 1))) {
        to--;
      }
      only = from == to || list.subSequence(from, to, false).contentEqualsIgnoreCase(token);
    }
    return only;
  }

  /** Whether the last of several members is that token, and no other one is. */
  static boolean endsWithOnly(AsciiString list, CharSequence token) {
    int comma = -1;
    for (int end = memberEnd(list, 0); end < list.length(); end = memberEnd(list, end + 1)) {
      comma = end;
    }
    return comma > 0
        && contains(list.subSequence(comma + 1), token)
        && !contains(list.subSequence(0, comma), token);
  }

  /** The comma that ends a member, commas inside quoted strings aside; or the end of the list. */
  private static int memberEnd(AsciiString list, int from) {
    boolean quoted = false;
    int at = from;
    for (; at < list.length(); at++) {
      byte b = list.byteAt(at);
      if (b == '\\' && quoted) {
        at++;
      } else if (b == '"') {
        quoted = !quoted;
      } else if (b == ',' && !quoted) {
        return at;
      }
    }
    return Math.min(at, list.length());
  }

  private static int behindSpace(AsciiString list, int at, int end) {
    int from = at;
    while (from < end && isSpace(list.byteAt(from))) {
      from++;
    }
    return from;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }
}

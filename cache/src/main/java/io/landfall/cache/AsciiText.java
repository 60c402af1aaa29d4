package io.landfall.cache;

/** What is done with characters everywhere in this room, without making strings. */
final class AsciiText {
  /** RFC 9111 section 1.2.2: what a number of seconds too large to hold counts as. */
  static final long MOST_SECONDS = 1L << 31;

  /** What {@link #seconds} gives for text that is no number. */
  static final long NOT_SECONDS = -1;

  private AsciiText() {}

  static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  /** Whether two texts are the same, the case of ASCII letters aside. */
  static boolean sameIgnoringCase(CharSequence a, CharSequence b) {
    return a.length() == b.length() && regionIs(a, 0, a.length(), b);
  }

  /** Whether two texts are the same, character for character; quickly so if they are one object. */
  @SuppressWarnings("ReferenceEquality")
  static boolean same(CharSequence a, CharSequence b) {
    if (a == b) {
      return true;
    }
    int length = a.length();
    if (length != b.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (a.charAt(i) != b.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a part of a text is a word, the case of ASCII letters aside. */
  static boolean regionIs(CharSequence text, int from, int to, CharSequence word) {
    if (to - from != word.length()) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (lower(text.charAt(i)) != lower(word.charAt(i - from))) {
        return false;
      }
    }
    return true;
  }

  static boolean startsWith(CharSequence text, CharSequence start) {
    return text.length() >= start.length() && regionIs(text, 0, start.length(), start);
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  static int skipSpaces(CharSequence text, int from, int to) {
    int at = from;
    while (at < to && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static int trimEnd(CharSequence text, int from, int to) {
    int end = to;
    while (end > from && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Delta-seconds (RFC 9111 section 1.2.2): digits only; what is too large counts as 2^31.
   *
   * @return {@link #NOT_SECONDS} if it is no number
   */
  static long seconds(CharSequence text, int from, int to) {
    if (from >= to) {
      return NOT_SECONDS;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return NOT_SECONDS;
      }
      value = Math.min(MOST_SECONDS, value * 10 + (c - '0'));
    }
    return value;
  }

  /** Letters in lower case. */
  static String lowerCase(CharSequence text, int from, int to) {
    StringBuilder out = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      out.append(lower(text.charAt(i)));
    }
    return out.toString();
  }
}

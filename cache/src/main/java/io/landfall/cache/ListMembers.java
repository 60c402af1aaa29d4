package io.landfall.cache;

/**
 * Walks over the members of a comma-separated list (RFC 9110 section 5.6.1), quoted strings
 * respected and empty members left out, without making strings: after {@link #next} the member is
 * the text from {@link #from} to {@link #to}.
 */
final class ListMembers {
  private final CharSequence text;
  private final int length;
  private int at;
  private int from;
  private int to;

  ListMembers(CharSequence text) {
    this.text = text;
    this.length = text.length();
  }

  /** Goes on to the next member; false at the end. */
  boolean next() {
    while (at < length) {
      from = AsciiText.skipSpaces(text, at, length);
      int end = endOfMember(text, from);
      to = AsciiText.trimEnd(text, from, end);
      at = end + 1;
      if (to > from) {
        return true;
      }
    }
    return false;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** The member, as a string. */
  String member() {
    return text.subSequence(from, to).toString();
  }

  /** Where a member's name ends: at "=", or where the member does. */
  int nameEnd() {
    int end = from;
    while (end < to && text.charAt(end) != '=') {
      end++;
    }
    return end;
  }

  /**
   * The comma that ends a member, those in quoted strings aside; or the end of the text. A
   * quotation mark without its second hides nothing: it counts as any other character.
   */
  static int endOfMember(CharSequence text, int start) {
    int length = text.length();
    boolean quoted = false;
    int index = start;
    while (index < length) {
      char c = text.charAt(index);
      if (quoted && c == '\\') {
        index++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return index;
      }
      index++;
    }
    return quoted ? nextComma(text, start) : length;
  }

  private static int nextComma(CharSequence text, int start) {
    int index = start;
    while (index < text.length() && text.charAt(index) != ',') {
      index++;
    }
    return index;
  }
}

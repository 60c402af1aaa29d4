package io.landfall.cache;

/** Compares entity tags (RFC 9110 section 8.8.3.2) without making strings. */
final class EntityTags {
  private EntityTags() {}

  static boolean isWeak(CharSequence tag) {
    return tag.length() > 2 && tag.charAt(0) == 'W' && tag.charAt(1) == '/';
  }

  /** Strong comparison: the same, and neither is weak. */
  static boolean strongMatch(CharSequence a, CharSequence b) {
    return !isWeak(a) && !isWeak(b) && AsciiText.same(a, b);
  }

  /** Weak comparison: the same opaque tags. */
  static boolean weakMatch(CharSequence a, CharSequence b) {
    return sameOpaque(a, 0, a.length(), b);
  }

  /** Whether a list of tags, or an asterisk, has one that matches weakly. */
  static boolean listMatches(CharSequence list, CharSequence tag) {
    ListMembers members = new ListMembers(list);
    while (members.next()) {
      boolean any = AsciiText.regionIs(list, members.from(), members.to(), "*");
      if (any || sameOpaque(list, members.from(), members.to(), tag)) {
        return true;
      }
    }
    return false;
  }

  private static boolean sameOpaque(CharSequence text, int from, int to, CharSequence tag) {
    boolean weak = to - from > 2 && text.charAt(from) == 'W' && text.charAt(from + 1) == '/';
    int at = weak ? from + 2 : from;
    int other = isWeak(tag) ? 2 : 0;
    if (to - at != tag.length() - other || to == at) {
      return false;
    }
    while (at < to) {
      if (text.charAt(at++) != tag.charAt(other++)) {
        return false;
      }
    }
    return true;
  }
}

package io.landfall.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads structured fields (RFC 9651 section 4.2) as far as the rules need them: dictionaries and
 * lists whose parameters are read and passed over. A field that is not well-formed is empty: it is
 * ignored as a whole.
 */
final class StructuredFields {
  /** Members of one field; more make it malformed. RFC 9875 asks for 32 at the least. */
  static final int MOST_MEMBERS = 1024;

  /**
   * A member of a dictionary.
   *
   * @param key its key
   * @param value a Boolean, a Long, or else a String: what a string or token holds, the members of
   *     an inner list with commas between them, and any other type as it was written
   */
  record Member(String key, Object value) {
    CharSequence text() {
      return value.toString();
    }
  }

  private final CharSequence text;
  private final int length;
  private int at;

  private StructuredFields(CharSequence text) {
    this.text = text;
    this.length = trimSpaces(text);
    while (at < length && text.charAt(at) == ' ') {
      at++;
    }
  }

  /** The members of a dictionary, in the order of their first keys; empty if it is malformed. */
  static List<Member> dictionary(CharSequence text) {
    try {
      return new StructuredFields(text).readDictionary();
    } catch (Malformed malformed) {
      return List.of();
    }
  }

  /** The members of a list of strings; empty if it is malformed or has members of other types. */
  static List<String> strings(CharSequence text) {
    try {
      return new StructuredFields(text).readStrings();
    } catch (Malformed malformed) {
      return List.of();
    }
  }

  private static int trimSpaces(CharSequence text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return end;
  }

  private List<Member> readDictionary() throws Malformed {
    Map<String, Object> members = new LinkedHashMap<>();
    while (at < length) {
      String key = key();
      Object value = true;
      if (at < length && text.charAt(at) == '=') {
        at++;
        value = itemOrInnerList();
      }
      members.put(key, value);
      parameters();
      nextMember(members.size());
    }
    List<Member> list = new ArrayList<>();
    members.forEach((key, value) -> list.add(new Member(key, value)));
    return list;
  }

  private List<String> readStrings() throws Malformed {
    List<String> strings = new ArrayList<>();
    while (at < length) {
      if (text.charAt(at) != '"') {
        throw new Malformed();
      }
      strings.add(string());
      parameters();
      nextMember(strings.size());
    }
    return strings;
  }

  /** Passes the comma between two members; behind it one must follow. */
  private void nextMember(int members) throws Malformed {
    skipOws();
    if (at == length) {
      return;
    }
    expect(',');
    skipOws();
    if (at == length || members >= MOST_MEMBERS) {
      throw new Malformed();
    }
  }

  private Object itemOrInnerList() throws Malformed {
    if (at == length || text.charAt(at) != '(') {
      return item();
    }
    at++;
    StringBuilder members = new StringBuilder();
    while (true) {
      skipSp();
      if (at < length && text.charAt(at) == ')') {
        at++;
        return members.toString();
      }
      members.append(members.isEmpty() ? "" : ",").append(item());
      parameters();
      if (at == length || (text.charAt(at) != ' ' && text.charAt(at) != ')')) {
        throw new Malformed();
      }
    }
  }

  private Object item() throws Malformed {
    if (at == length) {
      throw new Malformed();
    }
    char c = text.charAt(at);
    if (c == '"') {
      return string();
    }
    if (c == '?') {
      return bool();
    }
    if (c == '-' || AsciiText.isDigit(c)) {
      return number();
    }
    if (c == ':') {
      return binary();
    }
    if (c == '@') {
      at++;
      return "@" + (number() instanceof Long seconds ? seconds : malformed());
    }
    if (c == '%') {
      at++;
      return string();
    }
    return token();
  }

  private static Object malformed() throws Malformed {
    throw new Malformed();
  }

  private void parameters() throws Malformed {
    while (at < length && text.charAt(at) == ';') {
      at++;
      skipSp();
      key();
      if (at < length && text.charAt(at) == '=') {
        at++;
        item();
      }
    }
  }

  private String key() throws Malformed {
    int from = at;
    while (at < length && isKey(text.charAt(at), at == from)) {
      at++;
    }
    if (at == from) {
      throw new Malformed();
    }
    return text.subSequence(from, at).toString();
  }

  private static boolean isKey(char c, boolean first) {
    boolean start = (c >= 'a' && c <= 'z') || c == '*';
    return start || (!first && (AsciiText.isDigit(c) || c == '_' || c == '-' || c == '.'));
  }

  private Object bool() throws Malformed {
    at++;
    char c = at < length ? text.charAt(at) : ' ';
    if (c != '0' && c != '1') {
      throw new Malformed();
    }
    at++;
    return c == '1';
  }

  /** A Long, or a decimal as it was written. */
  private Object number() throws Malformed {
    int from = at;
    if (at < length && text.charAt(at) == '-') {
      at++;
    }
    int digits = digits();
    boolean decimal = at < length && text.charAt(at) == '.';
    if (digits == 0 || digits > (decimal ? 12 : 15)) {
      throw new Malformed();
    }
    if (decimal) {
      at++;
      int fraction = digits();
      if (fraction == 0 || fraction > 3) {
        throw new Malformed();
      }
      return text.subSequence(from, at).toString();
    }
    return Long.parseLong(text, from, at, 10);
  }

  private int digits() {
    int from = at;
    while (at < length && AsciiText.isDigit(text.charAt(at))) {
      at++;
    }
    return at - from;
  }

  private String string() throws Malformed {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (at < length) {
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      if (c == '\\') {
        c = at < length ? text.charAt(at++) : ' ';
        if (c != '"' && c != '\\') {
          throw new Malformed();
        }
      } else if (c < ' ' || c > '~') {
        throw new Malformed();
      }
      out.append(c);
    }
    throw new Malformed();
  }

  private String binary() throws Malformed {
    int from = at++;
    while (at < length && text.charAt(at) != ':') {
      char lower = AsciiText.lower(text.charAt(at));
      boolean base64 = lower >= 'a' && lower <= 'z';
      if (!base64 && !AsciiText.isDigit(lower) && "+/=".indexOf(lower) < 0) {
        throw new Malformed();
      }
      at++;
    }
    expect(':');
    return text.subSequence(from, at).toString();
  }

  private String token() throws Malformed {
    int from = at;
    char first = AsciiText.lower(text.charAt(at));
    if (first != '*' && (first < 'a' || first > 'z')) {
      throw new Malformed();
    }
    while (at < length && isTokenCharacter(text.charAt(at))) {
      at++;
    }
    return text.subSequence(from, at).toString();
  }

  private static boolean isTokenCharacter(char c) {
    char lower = AsciiText.lower(c);
    return (lower >= 'a' && lower <= 'z')
        || AsciiText.isDigit(c)
        || "!#$%&'*+-.^_`|~:/".indexOf(c) >= 0;
  }

  private void expect(char c) throws Malformed {
    if (at == length || text.charAt(at) != c) {
      throw new Malformed();
    }
    at++;
  }

  private void skipSp() {
    while (at < length && text.charAt(at) == ' ') {
      at++;
    }
  }

  private void skipOws() {
    at = AsciiText.skipSpaces(text, at, length);
  }

  /** A field that is not well-formed; it has no stack, for there is no more to say. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private Malformed() {
      super("a structured field is not well-formed", null, false, false);
    }
  }
}

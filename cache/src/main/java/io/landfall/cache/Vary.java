package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which fields of a request select a response (RFC 9110 section 12.5.5), and the secondary key that
 * they make (RFC 9111 section 4.1).
 *
 * @param any whether it was an asterisk: no other request matches
 * @param names the names, in lower case, sorted, each once
 */
public record Vary(boolean any, List<String> names) {
  /** A response that no field selects. */
  public static final Vary NONE = new Vary(false, List.of());

  private static final Vary ANY = new Vary(true, List.of());

  /** More names than this are not worth a key. */
  static final int MOST_NAMES = 16;

  /** Behind each value of a key; no field has it. */
  private static final char END = '\n';

  /** What a field that is not there has for a value; no field has it. */
  private static final char ABSENT = '\0';

  /** Copies its list. */
  public Vary {
    names = List.copyOf(names);
  }

  /** What a response says of it. */
  public static Vary of(FieldSection fields) {
    TreeSet<String> names = null;
    for (int i = 0; i < fields.size(); i++) {
      if (CacheFields.is(fields, i, CacheFields.VARY)) {
        names = names == null ? new TreeSet<>() : names;
        CharSequence line = fields.value(i);
        ListMembers members = new ListMembers(line);
        while (members.next()) {
          names.add(AsciiText.lowerCase(line, members.from(), members.to()));
        }
      }
    }
    if (names == null || names.isEmpty()) {
      return NONE;
    }
    return names.contains("*") ? ANY : new Vary(false, new ArrayList<>(names));
  }

  boolean isTooWide() {
    return names.size() > MOST_NAMES;
  }

  /**
   * Whether it names a field that nodes and proxies write on the way: what the origin saw of it is
   * not what the client sent, so a client's field selects nothing.
   */
  boolean namesHopField() {
    for (String name : names) {
      boolean hop =
          name.startsWith("x-forwarded")
              || name.startsWith("landfall-")
              || switch (name) {
                case "forwarded", "via", "cdn-loop", "x-real-ip", "connection", "host" -> true;
                default -> false;
              };
      if (hop) {
        return true;
      }
    }
    return false;
  }

  /** The values of a request's selecting fields in their normal form; empty if there are none. */
  public String secondaryKey(FieldSection request) {
    if (names.isEmpty()) {
      return "";
    }
    StringBuilder key = new StringBuilder();
    for (String name : names) {
      if (CacheFields.has(request, name)) {
        NormalForm.append(key, request, name);
      } else {
        key.append(ABSENT);
      }
      key.append(END);
    }
    return key.toString();
  }

  /**
   * Whether a request selects a stored response.
   *
   * @param request the fields of the request
   * @param storedKey the secondary key of the request that the response answered
   */
  public boolean matches(FieldSection request, String storedKey) {
    return !any && (names.isEmpty() || secondaryKey(request).equals(storedKey));
  }

  /** Whether two secondary keys of the same names are equal, one of the names aside. */
  static boolean sameBut(int index, String key, String other) {
    int from = start(index, key);
    int otherFrom = start(index, other);
    int to = key.indexOf(END, from);
    int otherTo = other.indexOf(END, otherFrom);
    return key.substring(0, from).equals(other.substring(0, otherFrom))
        && key.substring(to).equals(other.substring(otherTo));
  }

  private static int start(int index, String key) {
    int from = 0;
    for (int i = 0; i < index; i++) {
      from = key.indexOf(END, from) + 1;
    }
    return from;
  }

  /**
   * Accept-Encoding as it is sent with a fetch: what is compared, and no more, so that an origin
   * cannot tell apart what selects the same response.
   *
   * @param value the value of the client's, its lines joined
   */
  public static String sentAcceptEncoding(CharSequence value) {
    String codings = NormalForm.codings(value);
    String listed = codings.startsWith(",") ? codings.substring(1) : codings;
    return listed.isEmpty() ? "identity" : listed.replace(",", ", ");
  }

  /** Whether a coding of the response is one that the request's normal form asks for. */
  static boolean codingIsKeyed(Vary vary, FieldSection request, FieldSection response) {
    CharSequence coding = CacheFields.combined(response, CacheFields.CONTENT_ENCODING);
    return coding == null
        || !vary.names().contains(CacheFields.ACCEPT_ENCODING)
        || NormalForm.accepts(request, coding);
  }
}

package io.landfall.cache;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the directives of a response from one field, be it Cache-Control, whose members have
 * text for arguments, or a targeted field, whose members have types (RFC 9213 section 2.1).
 */
final class DirectiveCollector {
  /** Fields that a no-cache or private may name; with more the directive counts for all. */
  private static final int MOST_FIELDS = 32;

  private int flags;
  private long maxAge = ResponseDirectives.ABSENT;
  private long sMaxage = ResponseDirectives.ABSENT;
  private long staleWhileRevalidate = ResponseDirectives.ABSENT;
  private long staleIfError = ResponseDirectives.ABSENT;
  private final List<String> noCacheFields = new ArrayList<>();
  private final List<String> privateFields = new ArrayList<>();

  /**
   * A member of Cache-Control.
   *
   * @param nameEnd where its name ends: at "=" or at the end of the member
   */
  void add(CharSequence text, int from, int nameEnd, int to) {
    int end = AsciiText.trimEnd(text, from, nameEnd);
    String name = AsciiText.lowerCase(text, from, end);
    if (nameEnd == to) {
      add(name, Argument.NONE);
      return;
    }
    boolean spaces = end != nameEnd || AsciiText.skipSpaces(text, nameEnd + 1, to) != nameEnd + 1;
    String value = unquoted(text, nameEnd + 1, to);
    long number = spaces ? AsciiText.NOT_SECONDS : AsciiText.seconds(value, 0, value.length());
    add(name, new Argument(true, number, names(value)));
  }

  /** A member of a targeted field; an integer of the wrong type leaves the directive out. */
  void add(StructuredFields.Member member) {
    Object value = member.value();
    if (value.equals(false)) {
      return;
    }
    boolean isTime = isTime(member.key());
    if (isTime && !(value instanceof Long)) {
      return;
    }
    if (value instanceof Boolean) {
      add(member.key(), Argument.NONE);
    } else {
      long number = value instanceof Long seconds ? seconds : AsciiText.NOT_SECONDS;
      add(
          member.key(),
          new Argument(true, Math.min(number, AsciiText.MOST_SECONDS), names(member.text())));
    }
  }

  ResponseDirectives result(ResponseDirectives.Source source) {
    return new ResponseDirectives(
        source,
        flags,
        maxAge,
        sMaxage,
        staleWhileRevalidate,
        staleIfError,
        (flags & ResponseDirectives.NO_CACHE) != 0 ? List.of() : List.copyOf(noCacheFields),
        (flags & ResponseDirectives.PRIVATE) != 0 ? List.of() : List.copyOf(privateFields));
  }

  /**
   * What stands behind a directive's name.
   *
   * @param given whether anything does
   * @param seconds it as a number of seconds, or {@link AsciiText#NOT_SECONDS}
   * @param fields it as names of fields; empty if it is not such a list
   */
  private record Argument(boolean given, long seconds, List<String> fields) {
    static final Argument NONE = new Argument(false, AsciiText.NOT_SECONDS, List.of());
  }

  private static boolean isTime(String name) {
    return switch (name) {
      case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error" -> true;
      default -> false;
    };
  }

  private void add(String name, Argument argument) {
    switch (name) {
      case "max-age" -> maxAge = shorter(maxAge, argument);
      case "s-maxage" -> sMaxage = shorter(sMaxage, argument);
      case "stale-while-revalidate" ->
          staleWhileRevalidate = shorter(staleWhileRevalidate, argument);
      case "stale-if-error" -> staleIfError = shorter(staleIfError, argument);
      case "no-store" -> flags |= ResponseDirectives.NO_STORE;
      case "no-cache" -> addFields(ResponseDirectives.NO_CACHE, noCacheFields, argument);
      case "private" -> addFields(ResponseDirectives.PRIVATE, privateFields, argument);
      case "public" -> flags |= ResponseDirectives.PUBLIC;
      case "must-revalidate" -> flags |= ResponseDirectives.MUST_REVALIDATE;
      case "proxy-revalidate" -> flags |= ResponseDirectives.PROXY_REVALIDATE;
      case "must-understand" -> flags |= ResponseDirectives.MUST_UNDERSTAND;
      case "no-transform" -> flags |= ResponseDirectives.NO_TRANSFORM;
      case "immutable" -> flags |= ResponseDirectives.IMMUTABLE;
      default -> {
        // An extension that is not known here is passed over (RFC 9111 section 5.2.3).
      }
    }
  }

  private static long shorter(long known, Argument argument) {
    long seconds = Math.max(0, argument.seconds());
    return known == ResponseDirectives.ABSENT ? seconds : Math.min(known, seconds);
  }

  private void addFields(int flag, List<String> fields, Argument argument) {
    if (argument.fields().isEmpty() || fields.size() + argument.fields().size() > MOST_FIELDS) {
      flags |= flag;
    } else {
      fields.addAll(argument.fields());
    }
  }

  /** The names of a list of fields, in lower case; empty if one of them is no name. */
  private static List<String> names(CharSequence text) {
    List<String> names = new ArrayList<>();
    ListMembers members = new ListMembers(text);
    while (members.next()) {
      for (int i = members.from(); i < members.to(); i++) {
        if (!isNameCharacter(text.charAt(i))) {
          return List.of();
        }
      }
      names.add(AsciiText.lowerCase(text, members.from(), members.to()));
    }
    return List.copyOf(names);
  }

  private static boolean isNameCharacter(char c) {
    char lower = AsciiText.lower(c);
    return (lower >= 'a' && lower <= 'z')
        || AsciiText.isDigit(c)
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /** A token, or what a quoted string holds. */
  private static String unquoted(CharSequence text, int from, int to) {
    boolean quoted = to - from >= 2 && text.charAt(from) == '"' && text.charAt(to - 1) == '"';
    if (!quoted) {
      return text.subSequence(from, to).toString();
    }
    StringBuilder out = new StringBuilder(to - from);
    for (int i = from + 1; i < to - 1; i++) {
      if (text.charAt(i) == '\\' && i < to - 2) {
        i++;
      }
      out.append(text.charAt(i));
    }
    return out.toString();
  }
}

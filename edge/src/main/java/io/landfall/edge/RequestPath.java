package io.landfall.edge;

/**
 * The path of a request target as it decides where the request goes (RFC 3986 section 6.2.2). The
 * target itself is passed on as it came; so a path is refused in which a backend could see another
 * one than the routing does.
 */
public final class RequestPath {
  private static final int NOT_ENCODED = -1;
  private static final int ENCODED_CHARS = 3;

  /** What a segment has when it is no dot segment any more. */
  private static final int NO_DOTS = -1;

  private RequestPath() {}

  /**
   * Whether a segment is {@code .} or {@code ..}, be it written with {@code %2e}, between encoded
   * slashes or backslashes, or with parameters behind it ({@code ..;x}): a backend that resolves it
   * (RFC 3986 section 5.2.4) serves another path than the one that was routed.
   *
   * @param target path and query
   */
  public static boolean hasDotSegment(String target) {
    int end = end(target);
    int dots = NO_DOTS;
    boolean parameters = false;
    int at = 0;
    while (at < end) {
      int code = decoded(target, at, end);
      int c = code == NOT_ENCODED ? target.charAt(at) : code;
      at += code == NOT_ENCODED ? 1 : ENCODED_CHARS;
      if (c == '/' || c == '\\') {
        if (dots > 0) {
          return true;
        }
        dots = 0;
        parameters = false;
      } else if (c == ';') {
        parameters = true;
      } else if (!parameters) {
        dots = c == '.' && dots >= 0 && dots < 2 ? dots + 1 : NO_DOTS;
      }
    }
    return dots > 0;
  }

  /**
   * The target with what needs no encoding decoded in its path: {@code %61} is {@code a}, and
   * nothing else changes. Empty segments and {@code %2F} stay: they separate nothing.
   *
   * @param target path and query, without a dot segment
   * @return the target itself if there is nothing to decode
   */
  public static String forRouting(String target) {
    int percent = target.indexOf('%');
    int end = percent < 0 ? 0 : end(target);
    if (percent < 0 || percent >= end) {
      return target;
    }
    StringBuilder out = new StringBuilder(target.length()).append(target, 0, percent);
    int at = percent;
    while (at < end) {
      int code = decoded(target, at, end);
      if (code != NOT_ENCODED && isUnreserved(code)) {
        out.append((char) code);
        at += ENCODED_CHARS;
      } else {
        out.append(target.charAt(at));
        at++;
      }
    }
    return out.append(target, end, target.length()).toString();
  }

  /** Where the path ends and the query begins. */
  private static int end(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target.length() : query;
  }

  /** The byte that is percent-encoded there, or {@link #NOT_ENCODED}. */
  private static int decoded(String target, int at, int end) {
    if (target.charAt(at) != '%' || at + 2 >= end) {
      return NOT_ENCODED;
    }
    int high = Character.digit(target.charAt(at + 1), 16);
    int low = Character.digit(target.charAt(at + 2), 16);
    return high < 0 || low < 0 ? NOT_ENCODED : high * 16 + low;
  }

  /** RFC 3986 section 2.3. */
  private static boolean isUnreserved(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}

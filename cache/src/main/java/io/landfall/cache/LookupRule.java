package io.landfall.cache;

import java.util.List;

/** Whether a request is answered from the cache at all, asked before any key is made. */
public enum LookupRule {
  /** The key is looked up. */
  LOOK_UP(Forwarding.MISS),
  /** The method is never answered from a cache: {@code fwd=method}. */
  METHOD(Forwarding.METHOD),
  /** A GET or HEAD with a body, which no key has: {@code fwd=bypass}. */
  REQUEST_BODY(Forwarding.BYPASS),
  /** It has a cookie that the policy names: {@code fwd=bypass}. */
  BYPASS_COOKIE(Forwarding.BYPASS);

  private final Forwarding forwarding;

  LookupRule(Forwarding forwarding) {
    this.forwarding = forwarding;
  }

  /** Decides for a request. */
  public static LookupRule decide(CacheRequest request, CachePolicy policy) {
    boolean get = request.isGet() || request.isHead();
    if (!get || !policy.hasMethod(request.method())) {
      return METHOD;
    }
    if (request.hasBody()) {
      return REQUEST_BODY;
    }
    return hasCookie(request.fields(), policy.bypassCookies()) ? BYPASS_COOKIE : LOOK_UP;
  }

  /** Why it is forwarded then, for Cache-Status. */
  public Forwarding forwarding() {
    return forwarding;
  }

  /** Whether a request has one of some cookies (RFC 6265 section 4.2.1). */
  static boolean hasCookie(FieldSection fields, List<String> names) {
    if (names.isEmpty()) {
      return false;
    }
    for (int i = 0; i < fields.size(); i++) {
      if (CacheFields.is(fields, i, CacheFields.COOKIE) && hasCookie(fields.value(i), names)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCookie(CharSequence line, List<String> names) {
    int at = 0;
    while (at < line.length()) {
      int from = AsciiText.skipSpaces(line, at, line.length());
      int equals = from;
      while (equals < line.length() && line.charAt(equals) != '=' && line.charAt(equals) != ';') {
        equals++;
      }
      int nameEnd = AsciiText.trimEnd(line, from, equals);
      for (String name : names) {
        if (AsciiText.same(line.subSequence(from, nameEnd), name)) {
          return true;
        }
      }
      at = equals;
      while (at < line.length() && line.charAt(at) != ';') {
        at++;
      }
      at++;
    }
    return false;
  }
}
